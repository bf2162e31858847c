import { pause } from "@groundplan/local";
import { type Plan, UserError, type UserProblem } from "@groundplan/model";
import { scrapedName } from "@groundplan/targets";
import type { Progress } from "../output/progress.js";
import type { Programs } from "../programs/with-programs.js";
import type { DockerPart } from "./project.js";

export interface StartedProject {
  readonly plan: Plan;
  readonly parts: readonly DockerPart[];
  /** Where the port of a service is reached from this machine; `null`: nowhere. */
  readonly addressOf: (service: string, port: number) => string | null;
  readonly logCommand: (service: string) => string;
}

export interface ProjectProbes {
  readonly probes: readonly Probe[];
  /** What Prometheus reads; empty where it does not run. */
  readonly scrapes: readonly ScrapeProbe[];
}

/**
 * Asks all that is published from outside, and then Prometheus whether it can read the rest.
 *
 * @throws UserError with everything that does not answer well.
 */
export async function probeProject(
  { plan, parts, addressOf, logCommand }: StartedProject,
  { progress, signal }: Programs,
): Promise<ProjectProbes> {
  const probes = await probeAll(parts, addressOf, signal);
  requireProbesPassed(probes, logCommand);
  const reader = parts.find(({ readsMetrics }) => readsMetrics);
  const url = probes.find(({ service }) => service === reader?.name)?.url ?? null;
  if (plan.monitoring === null || url === null) return { probes, scrapes: [] };
  const scrapes = await probeScrapes(url, expectedJobs(plan, parts), { progress, signal });
  requireScrapesUp(scrapes, logCommand);
  return { probes, scrapes };
}

/** A public service, or a page of monitoring, as it answers from outside, through its published port. */
export interface Probe {
  readonly service: string;
  /** `null`: it publishes no port. */
  readonly url: string | null;
  readonly answers: readonly ProbeAnswer[];
}

export interface ProbeAnswer {
  readonly path: string;
  /** HTTP status; `null`: no answer. */
  readonly status: number | null;
  /** What kept it from answering; empty: nothing. */
  readonly reason: string;
}

const ANSWER_TIMEOUT_MS = 5_000;
/** The engine publishes a port before the container's program listens behind it: such a connection is cut. */
const PATIENCE_MS = 10_000;
const POLL_MS = 200;

/**
 * Asks every public service for its health and its page.
 *
 * @param addressOf Where the port of a service is reached from this machine; `null`: nowhere.
 */
function probeAll(
  parts: readonly DockerPart[],
  addressOf: (service: string, port: number) => string | null,
  signal: AbortSignal,
): Promise<readonly Probe[]> {
  return Promise.all(
    parts.flatMap((part) => {
      const { name, port, health } = part;
      if (!part.public || port === null) return [];
      const address = addressOf(name, port);
      const paths = [...new Set([health.kind === "http" ? health.ready : "/", "/"])];
      return probe(name, address === null ? null : `http://${address}`, paths, signal);
    }),
  );
}

/** A health check answers 200; a page may be anything that is no failure of the server. */
export function isGood({ answers, url }: Probe): boolean {
  return url !== null && answers.every(({ path, status }) => status !== null && (path === "/" ? status < 500 : status === 200));
}

export async function probe(service: string, url: string | null, paths: readonly string[], signal: AbortSignal): Promise<Probe> {
  if (url === null) return { service, url, answers: [] };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answers = await Promise.all(paths.map((path) => ask(url, path, signal)));
    signal.throwIfAborted();
    const found = { service, url, answers };
    if (isGood(found) || Date.now() >= deadline) return found;
    await pause(POLL_MS, signal);
  }
}

async function ask(url: string, path: string, signal: AbortSignal): Promise<ProbeAnswer> {
  try {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await fetch(`${url}${path}`, { redirect: "manual", signal: AbortSignal.any([signal, timeout]) });
    await response.body?.cancel();
    return { path, status: response.status, reason: "" };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { path, status: null, reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What is wrong with a service that does not answer well from outside. */
export function explainProbe({ service, url, answers }: Probe, logCommand: string): UserProblem {
  const fix = `fix what its log reports: ${logCommand}`;
  if (url === null)
    return {
      message: `${service} is public, but its container publishes no port`,
      fix: "look for what changes it: compose.override.yaml, if there is one",
    };
  const detail = answers.map(({ path, status, reason }) => `GET ${url}${path}: ${status ?? reason}`);
  return { message: `${service} is healthy inside its container, but doesn't answer properly from outside`, detail, fix };
}

/** @throws UserError with every service that does not answer well from outside. */
export function requireProbesPassed(probes: readonly Probe[], logCommand: (service: string) => string): void {
  const problems = probes.filter((probe) => !isGood(probe)).map((probe) => explainProbe(probe, logCommand(probe.service)));
  if (problems.length > 0) throw new UserError(problems);
}

/** The pages that a person may open. */
export function pagesOf(probes: readonly Probe[]): readonly (readonly [service: string, url: string])[] {
  return probes.flatMap(({ service, url }) => (url === null ? [] : [[service, url] as const]));
}

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
const SCRAPE_PATIENCE_MS = 60_000;
const SCRAPE_POLL_MS = 500;

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
    patienceMs = SCRAPE_PATIENCE_MS,
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
      progress.end("prometheus", `reads all it should (${jobs.length})`);
      return probes;
    }
    if (Date.now() >= deadline) return probes;
    progress.step("prometheus", `has not read ${[...new Set(missing.map(({ job }) => job))].join(", ")} yet`);
    await pause(SCRAPE_POLL_MS, signal);
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
export function requireScrapesUp(probes: readonly ScrapeProbe[], logCommand: (service: string) => string): void {
  const problems = probes.flatMap(({ job, url, health, error }): readonly UserProblem[] => {
    if (health === "up") return [];
    const message =
      url === null ? `Prometheus finds no address of ${job}` : `Prometheus cannot read ${job} at ${url}${error === "" ? "" : `: ${error}`}`;
    return [
      {
        message,
        fix: `see its log (${logCommand(job)}), or correct its metrics in stack.ts (metrics of s.service; false if it has none)`,
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}
