/** What can be broken, by the names that `--faults` takes. The first five are kill -9 of that part. */
export const FAULT_KINDS = [
  "worker",
  "vote",
  "redis",
  "postgres",
  "result",
  "restart",
  "disconnect",
  "pause",
  "partition",
  "second-worker",
  "clock",
  "full-redis",
  "blocked-lock",
  "restore-redis",
  "restore-database",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that is broken at one time. Plain data: what it does follows from it and from nothing else. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** What is waited for before it. */
  readonly after: "the last began" | "recovery";
  /** How long it comes after that. */
  readonly pauseMs: number;
  /** A part of the stack, or a link such as "worker->db". */
  readonly target: string;
  /** Which of the ways of its kind. */
  readonly how: string;
  /** How long it lasts; 0: it is over at once, and what follows is recovery. */
  readonly forMs: number;
  /** How much: ms of delay, seconds that a clock is wrong, workers that are added, percent of memory. 0 where there is nothing to measure. */
  readonly amount: number;
}

/** A fault in a line of the log. */
export function describeFault({ kind, target, how, forMs }: PlannedFault): string {
  return [kind, target === kind ? "" : target, how, forMs > 0 ? `for ${seconds(forMs)}` : ""].filter((word) => word !== "").join(" ");
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
