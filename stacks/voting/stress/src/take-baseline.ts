import { Failure } from "./failure.js";
import { type Levels, readLevels } from "./levels.js";
import type { StackClient } from "./stack-client.js";
import { untilSettled } from "./until-settled.js";

export interface BaselineOptions {
  /** So long without progress is stuck. */
  readonly stuckMs: number;
  readonly signal: AbortSignal;
  /** Told while ballots of before are still to be counted. */
  readonly onDraining: (held: number) => void;
}

/**
 * The levels before the load, once the queue is drained: from there on every vote more is one of the load.
 *
 * @throws Failure (rejects) when a level cannot be read, or the queue does not drain.
 */
export async function takeBaseline(client: StackClient, { stuckMs, signal, onDraining }: BaselineOptions): Promise<Levels> {
  // A service that does not answer now is a reason to stop; one that goes away later may come back.
  const first = await readLevels(client);
  const { levels: last, settled } = await untilSettled({
    look: async () => {
      const levels = await readLevels(client);
      if (levels.held > 0) onDraining(levels.held);
      return levels;
    },
    isSettled: ({ held }) => held === 0,
    progressOf: ({ held }) => [-held],
    stuckMs,
    signal,
  });
  if (signal.aborted) throw new Failure(1, "stopped before the first vote was cast");
  if (settled) return last;
  const others = last.queued - first.queued;
  throw new Failure(
    1,
    last.held > 0 && last.persisted === first.persisted
      ? `${last.held} ballots wait in the queue and none is counted; is the worker running?`
      : `the stack does not come to rest: the queue holds ${last.held} ballots, and other voters have added ${others} while this waited. The levels count everybody's votes, so a load can be followed only when nobody else votes`,
  );
}
