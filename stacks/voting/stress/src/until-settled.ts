import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.js";
import type { Levels } from "./levels.js";

const POLL_MS = 20;

export interface SettleOptions {
  /** Reads the levels; a Failure is tried again. */
  readonly look: () => Promise<Levels>;
  /** Settled are levels of which this is true and that were the same at two looks in a row. */
  readonly isSettled: (levels: Levels) => boolean;
  /** What grows while the stack gets on, and has an end: when it has not grown for `stuckMs`, the stack is stuck, not slow. */
  readonly progressOf: (levels: Levels) => readonly number[];
  readonly stuckMs: number;
  /** Aborted: the levels as they are will do. */
  readonly signal: AbortSignal;
}

export interface Settled {
  readonly levels: Levels;
  /** False: nothing got on any more, or the signal was aborted. */
  readonly settled: boolean;
}

/**
 * The levels when they have settled, or the last ones when nothing got on for too long.
 *
 * @throws Failure (rejects) when the levels could not be read for that long.
 */
export async function untilSettled({ look, isSettled, progressOf, stuckMs, signal }: SettleOptions): Promise<Settled> {
  let best: readonly number[] = [];
  let last: Levels | null = null;
  let movedMs = performance.now();
  let readMs = performance.now();
  for (;;) {
    try {
      const levels = await look();
      readMs = performance.now();
      const progress = progressOf(levels);
      if (progress.some((value, index) => value > (best[index] ?? Number.NEGATIVE_INFINITY))) {
        best = progress.map((value, index) => Math.max(value, best[index] ?? value));
        movedMs = readMs;
      }
      const settled = last !== null && areSame(last, levels) && isSettled(levels);
      last = levels;
      if (settled || signal.aborted || readMs - movedMs > stuckMs) return { levels, settled };
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted || performance.now() - readMs > stuckMs) throw error;
      // What was down for a while has not stood still.
      movedMs = performance.now();
    }
    await sleep(POLL_MS);
  }
}

const LEVELS = ["accepted", "queued", "held", "persisted", "visible"] as const;

function areSame(a: Levels, b: Levels): boolean {
  return LEVELS.every((level) => a[level] === b[level]);
}
