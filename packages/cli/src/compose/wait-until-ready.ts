import { pause } from "@groundplan/local";
import type { ProgramResult } from "@groundplan/programs";
import { type Container, describeState, isReady } from "../docker/container.js";
import { MANY_RESTARTS } from "../docker/diagnose.js";
import type { Progress } from "../output/progress.js";

export interface Awaited {
  readonly name: string;
  /** What must be healthy before it is started. */
  readonly after: readonly string[];
}

export interface WaitOptions {
  /** In start order. */
  readonly components: readonly Awaited[];
  readonly look: () => Promise<readonly Container[]>;
  /** The start, which was given already. */
  readonly start: Promise<ProgramResult>;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface WaitOutcome {
  readonly containers: readonly Container[];
  /**
   * - "ready": every component runs and is healthy
   * - "failed": one of them cannot become so by itself, or the start has failed
   * - "late": the time is over
   */
  readonly verdict: "ready" | "failed" | "late";
}

const POLL_MS = 300;

/** Follows the containers until all are ready, or will not be. */
export async function waitUntilReady(options: WaitOptions): Promise<WaitOutcome> {
  const { components, look, start, timeoutMs, progress, signal } = options;
  const deadline = Date.now() + timeoutMs;
  let started: ProgramResult | null = null;
  const onStarted = (result: ProgramResult) => {
    started = result;
  };
  // When it is stopped, so is this.
  start.then(onStarted, () => {});
  const before = new Map<string, number>();

  for (;;) {
    // Asked before the look: what is seen is then the state after the start.
    const hasStarted = started as ProgramResult | null;
    const containers = await look();
    for (const { id, restarts } of containers) if (!before.has(id)) before.set(id, restarts);
    showStates(components, containers, progress);

    const ofService = (name: string) => containers.filter((container) => container.service === name);
    if (hasStarted !== null && hasStarted.code !== 0) return { containers, verdict: "failed" };
    if (containers.some(({ id, restarts }) => restarts - (before.get(id) ?? 0) >= MANY_RESTARTS)) return { containers, verdict: "failed" };
    if (hasStarted !== null) {
      if (components.every(({ name }) => ofService(name).length > 0 && ofService(name).every(isReady)))
        return { containers, verdict: "ready" };
      if (containers.some(hasGivenUp)) return { containers, verdict: "failed" };
    }
    if (Date.now() >= deadline) return { containers, verdict: "late" };
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function hasGivenUp({ status, health, restarts }: Container): boolean {
  if (status === "restarting") return restarts >= MANY_RESTARTS;
  return status === "exited" || status === "dead" || (status === "running" && health === "unhealthy");
}

function showStates(components: readonly Awaited[], containers: readonly Container[], progress: Progress): void {
  const isAllReady = (name: string) => {
    const copies = containers.filter(({ service }) => service === name);
    return copies.length > 0 && copies.every(isReady);
  };
  for (const { name, after } of components) {
    const copies = containers.filter(({ service }) => service === name);
    const slowest = copies.find((copy) => !isReady(copy)) ?? copies[0];
    const awaited = after.filter((other) => !isAllReady(other));
    if (slowest !== undefined && isReady(slowest)) progress.end(name, describeState(slowest));
    else if (slowest !== undefined && slowest.status !== "created") progress.step(name, describeState(slowest));
    else if (awaited.length > 0) progress.step(name, `waits for ${awaited.join(", ")}`);
    else progress.step(name, "starts");
  }
}
