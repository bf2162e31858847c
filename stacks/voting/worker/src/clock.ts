import { setTimeout as timer } from "node:timers/promises";
import { nowMs } from "@voting/ballots";

/** The time and the pauses of a worker. They are a part of their own so that a test need not wait. */
export interface Clock {
  /** In ms, with fractions; never goes back. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Acts again and again until it is told to stop by what this returns; keeps no process alive. */
  every(ms: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs,
  sleep: (ms) => timer(ms),
  every(ms, act) {
    const interval = setInterval(act, ms).unref();
    return () => clearInterval(interval);
  },
};
