import { pause, UserError, type UserProblem } from "@groundplan/local";
import type { DockerPart } from "./docker-part.js";

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
export function probeAll(
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
  const fix = `put right what its log tells: ${logCommand}`;
  if (url === null)
    return {
      message: `${service} is public, but its container publishes no port`,
      fix: "see what changes it: compose.override.yaml, if there is one",
    };
  const detail = answers.map(({ path, status, reason }) => `GET ${url}${path}: ${status ?? reason}`);
  return { message: `${service} is healthy inside its container, but does not answer well from outside`, detail, fix };
}

/** @throws UserError with every service that does not answer well from outside. */
export function checkProbes(probes: readonly Probe[], logCommand: (service: string) => string): void {
  const problems = probes.filter((probe) => !isGood(probe)).map((probe) => explainProbe(probe, logCommand(probe.service)));
  if (problems.length > 0) throw new UserError(problems);
}

/** The pages that a person may open. */
export function pagesOf(probes: readonly Probe[]): readonly (readonly [service: string, url: string])[] {
  return probes.flatMap(({ service, url }) => (url === null ? [] : [[service, url] as const]));
}
