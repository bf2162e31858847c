import type { Split } from "./split.js";

/** So many votes, each client sending its next one when the last was answered. */
export interface ClosedLoad {
  readonly kind: "closed";
  readonly votes: number;
  /** How many at a time. */
  readonly parallel: number;
  readonly split: Split;
}

/** Votes that are sent when they are due, whether or not the ones before were answered. */
export interface OpenLoad {
  readonly kind: "open";
  readonly votes: number;
  readonly votesPerSecond: number;
  readonly durationMs: number;
  readonly split: Split;
}

export type Load = ClosedLoad | OpenLoad;

/**
 * Requests that an open load may have under way. Beyond it votes are sent late; their latency counts from when they were due. Each
 * is a connection here and in the vote service, so it stays below the usual limit of open files (1,024).
 */
export const MOST_UNDER_WAY = 900;

export const MOST_VOTES = 10_000_000;
export const MOST_PARALLEL = 2_000;

export const PRESETS: Readonly<Record<string, { readonly votes: number; readonly parallel: number }>> = {
  light: { votes: 100, parallel: 10 },
  moderate: { votes: 500, parallel: 20 },
  heavy: { votes: 1_000, parallel: 40 },
  extreme: { votes: 2_000, parallel: 50 },
  insane: { votes: 5_000, parallel: 100 },
};

/** For people, for example "1,000 votes, 40 at a time, 60/40". */
export function describeLoad(load: Load): string {
  const how =
    load.kind === "closed"
      ? `${load.parallel.toLocaleString("en")} at a time`
      : `${load.votesPerSecond.toLocaleString("en")} a second for ${(load.durationMs / 1_000).toLocaleString("en")} s`;
  return `${load.votes.toLocaleString("en")} votes, ${how}, ${load.split.join("/")}`;
}
