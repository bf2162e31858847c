import type { MemoryVerdict } from "./memory-rule.js";
import type { ClassTally } from "./tallies.js";

/** Something that was not as the contract says. */
export interface Finding {
  /** The exchange; `null`: it belongs to none that can be named. */
  readonly index: number | null;
  readonly name: string;
  readonly problem: string;
  readonly queueDown: boolean;
}

export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly connections: number;
  readonly seconds: number;
  readonly queue: "redis" | "postgres";
  readonly classes: readonly ClassTally[];
  /**
   * Votes answered with 2xx; counted although no 2xx came; refused with the queue up, since it was too slow; entries of the queue;
   * ballots of the ledger, repeats left out.
   */
  readonly levels: {
    readonly acknowledged: number;
    readonly landed: number;
    readonly refusedLate: number;
    readonly queued: number;
    readonly persisted: number;
    readonly repeated: number;
  };
  /** Requests sent while the queue was down. */
  readonly requestsWhileDown: number;
  readonly slowestAnswerMs: number;
  /** `null`: the run was too short to tell. */
  readonly memory: MemoryVerdict | null;
  readonly openFiles: { readonly before: number; readonly after: number };
  readonly logLines: number;
  readonly findings: readonly Finding[];
  readonly passed: boolean;
}
