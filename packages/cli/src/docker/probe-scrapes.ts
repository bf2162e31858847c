import { pause } from "@groundplan/local";
import type { Plan } from "@groundplan/model";
import { UserError, type UserProblem } from "@groundplan/model";
import { scrapedName } from "@groundplan/targets";
import type { Progress } from "../output/progress.js";
import type { DockerPart } from "./docker-part.js";

/** Something that Prometheus reads, as Prometheus sees it. */
export interface ScrapeProbe {
  readonly job: string;
  /** The address that is read; `null`: Prometheus has found none yet. */
  readonly url: string | null;
  /** "unknown": it was not read yet. */
  readonly health: "up" | "down" | "unknown";
  /** What kept it from being read; empty: nothing. */
  readonly error: string;
}

/** It is read every ten seconds, and looked for in the DNS as often; a busy machine takes longer. */
const PATIENCE_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;
const POLL_MS = 500;

/** What Prometheus must be able to read, given what runs. */
export function expectedJobs({ scrapes }: Plan, parts: readonly DockerPart[]): readonly string[] {
  const running = new Set(parts.map(({ name }) => name));
  return [...new Set(scrapes.filter((scrape) => running.has(scrapedName(scrape))).map(({ job }) => job))];
}

/**
 * Waits until Prometheus has read all of the jobs, or the time is over.
 *
 * @param url Where Prometheus is reached from this machine.
 */
export async function probeScrapes(
  url: string,
  jobs: readonly string[],
  {
    progress,
    signal,
    patienceMs = PATIENCE_MS,
  }: { readonly progress: Progress; readonly signal: AbortSignal; readonly patienceMs?: number },
): Promise<readonly ScrapeProbe[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const known = await activeTargets(url, signal);
    signal.throwIfAborted();
    const probes = jobs.flatMap((job): readonly ScrapeProbe[] => {
      const own = known.filter((target) => target.job === job);
      return own.length === 0 ? [{ job, url: null, health: "unknown", error: "" }] : own;
    });
    const missing = probes.filter(({ health }) => health !== "up");
    if (missing.length === 0) {
      progress.end("prometheus", `reads all ${jobs.length} that it should`);
      return probes;
    }
    if (Date.now() >= deadline) return probes;
    progress.step("prometheus", `has not read ${[...new Set(missing.map(({ job }) => job))].join(", ")} yet`);
    await pause(POLL_MS, signal);
  }
}

/** The shape of Prometheus' answer (https://prometheus.io/docs/prometheus/latest/querying/api/#targets), as far as it is read. */
interface TargetsAnswer {
  readonly data: {
    readonly activeTargets: readonly {
      readonly labels: { readonly job?: string };
      readonly scrapeUrl: string;
      readonly health: ScrapeProbe["health"];
      readonly lastError: string;
    }[];
  };
}

async function activeTargets(url: string, signal: AbortSignal): Promise<readonly ScrapeProbe[]> {
  try {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await fetch(`${url}/api/v1/targets?state=active`, { signal: AbortSignal.any([signal, timeout]) });
    const { data } = (await response.json()) as TargetsAnswer;
    return data.activeTargets.map(({ labels, scrapeUrl, health, lastError }) => ({
      job: labels.job ?? "",
      url: scrapeUrl,
      health,
      error: lastError,
    }));
  } catch {
    // That it answers was seen before: it is asked again.
    return [];
  }
}

/** @throws UserError with everything that Prometheus cannot read. */
export function checkScrapes(probes: readonly ScrapeProbe[], logCommand: (service: string) => string): void {
  const problems = probes.flatMap(({ job, url, health, error }): readonly UserProblem[] => {
    if (health === "up") return [];
    const message =
      url === null ? `Prometheus finds no address of ${job}` : `Prometheus cannot read ${job} at ${url}${error === "" ? "" : `: ${error}`}`;
    return [
      {
        message,
        fix: `see its log (${logCommand(job)}), or say in stack.ts where its metrics are (metrics of s.service; false: it has none)`,
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}
