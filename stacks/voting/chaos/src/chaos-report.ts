import { wrongIn } from "./checks/check-everything.js";
import type { FaultRecord } from "./checks/watches.js";
import type { FaultKind } from "./faults/fault.js";
import type { LoadCounts } from "./load/load.js";
import type { Verdict } from "./truth/check-truth.js";

/** Everything that a run of `npm run chaos` found out. Times in ms. */
export interface ChaosReport {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  /** Wanted kinds that this machine cannot do, and why. */
  readonly notPossible: Readonly<Partial<Record<FaultKind, string>>>;
  /** How long faults were injected. */
  readonly forMs: number;
  readonly votesPerSecond: number;
  readonly faults: readonly FaultRecord[];
  readonly counts: Readonly<LoadCounts>;
  readonly voters: number;
  readonly ledger: number;
  /** Acknowledged votes that were not counted yet when an older copy of the queue was put in its place: they need not be counted. */
  readonly mayBeLost: number;
  readonly resultReads: number;
  readonly receiptLookups: number;
  readonly viewerEvents: number;
  readonly healthyAfterMs: number | null;
  readonly drainedAfterMs: number | null;
  readonly largestMb: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  /** What the voters were told during the run that was taken back later, or cannot be true. */
  readonly broken: readonly string[];
  /** What the stack says at the end that the tables contradict, and what is not well. */
  readonly problems: readonly string[];
}

/** Votes that were counted though nobody cast them, or more often than they were cast. */
export const phantomVotes = ({ verdict }: ChaosReport): number => verdict.doubled.length + verdict.invented.length;

/** Whether nothing at all is wrong, and there was something that could have gone wrong. */
export function isExact(report: ChaosReport): boolean {
  return wrongIn(report).length === 0 && report.broken.length === 0 && report.counts.acknowledged > 0;
}
