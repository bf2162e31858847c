import type { FaultKind, PlannedFault } from "./faults/fault.js";
import type { FaultRecord } from "./faults/recovery-watch.js";

export interface ChaosOptions {
  readonly seed: number;
  /** Wanted; those that this machine cannot do are left out and named in the report. */
  readonly kinds: readonly FaultKind[];
  readonly forMs: number;
  /** So many faults come at least, however long it takes. Default: 0 */
  readonly leastFaults?: number;
  readonly votesPerSecond: number;
  /** Ends the faults early; healing and checking follow all the same. */
  readonly stop: AbortSignal;
  readonly tell: ChaosNews;
}

/** What is told as it goes. */
export interface ChaosNews {
  fault(record: FaultRecord): void;
  missed(fault: PlannedFault, reason: string): void;
  /** Some times a second. */
  progress(progress: ChaosProgress): void;
  phase(sentence: string): void;
}

export interface ChaosProgress {
  readonly faults: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  /** Acknowledged ballots that are not counted yet, as far as both are known. */
  readonly lag: number;
}
