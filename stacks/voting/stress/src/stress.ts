import { setTimeout as sleep } from "node:timers/promises";
import { castVotes } from "./cast-votes.js";
import { checkReceipts } from "./check-receipts.js";
import { type Levels, readLevels, readOptionIds } from "./levels.js";
import { type Percentiles, percentilesOf } from "./percentiles.js";
import { StackClient, type StackUrls } from "./stack-client.js";

const POLL_MS = 20;
const STUCK_MS = 10_000;

export interface StressReport {
  readonly votes: number;
  readonly parallel: number;
  /** Votes answered with 202. */
  readonly accepted: number;
  /** What each level gained meanwhile. */
  readonly queued: number;
  readonly persisted: number;
  readonly visible: number;
  /** Votes that were found and never accepted. */
  readonly phantom: number;
  /** Accepted ballots that the ledger does not show as counted. */
  readonly missing: readonly { readonly ballot: string; readonly state: string }[];
  readonly refused: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Accepted, from the first request to the last answer. */
  readonly votesPerSecond: number;
  /** From the first request to the last commit. */
  readonly persistedPerSecond: number;
  readonly acceptLatencyMs: Percentiles;
  /** Every accepted vote was queued, persisted and visible exactly once. */
  readonly exact: boolean;
}

export interface StressOptions extends StackUrls {
  readonly votes: number;
  readonly parallel: number;
  /** Without any progress for this long the stack is stuck, not slow. Default: 10,000 */
  readonly stuckMs?: number;
  /** Told as it goes: what is being done, how far it is. */
  readonly onProgress: (phase: "draining" | "casting" | "settling" | "looking up", done: number) => void;
}

/** Casts votes and follows every one of them to the result page. Waits on what it measures, never for a time. */
export async function stress(options: StressOptions): Promise<StressReport> {
  const { votes, parallel, onProgress, stuckMs = STUCK_MS } = options;
  const client = new StackClient(options, Math.max(parallel, 4));
  try {
    onProgress("draining", 0);
    const before = await untilSettled(client, stuckMs, (levels) => levels.held === 0);
    if (before.held > 0) throw new Error(`${before.held} ballots wait in the queue and none is counted; is the worker running?`);

    const optionIds = await readOptionIds(client);
    const beganMs = performance.now();
    const cast = await castVotes(client, optionIds, votes, parallel, (accepted) => onProgress("casting", accepted));
    const accepted = cast.receipts.length;
    let persistedMs = performance.now();
    const after = await untilSettled(client, stuckMs, (levels) => {
      onProgress("settling", levels.persisted - before.persisted);
      if (levels.persisted - before.persisted < accepted) persistedMs = performance.now();
      return levels.held === 0 && levels.persisted - before.persisted >= accepted && levels.visible - before.visible >= accepted;
    });
    onProgress("looking up", accepted);
    const missing = await checkReceipts(client, cast.receipts, parallel);

    const gained = (level: keyof Levels): number => after[level] - before[level];
    const levels = { accepted, queued: gained("queued"), persisted: gained("persisted"), visible: gained("visible") };
    return {
      votes,
      parallel,
      ...levels,
      phantom: Math.max(0, levels.persisted - accepted, levels.visible - accepted),
      missing,
      refused: votes - accepted,
      refusals: Object.fromEntries(cast.refusals),
      votesPerSecond: perSecond(accepted, cast.durationMs),
      persistedPerSecond: perSecond(levels.persisted, persistedMs - beganMs),
      acceptLatencyMs: percentilesOf(cast.acceptMs),
      exact: accepted > 0 && missing.length === 0 && Object.values(levels).every((level) => level === accepted),
    };
  } finally {
    client.close();
  }
}

/** The levels when they satisfy the condition, or the last ones when nothing has moved for so long. */
async function untilSettled(client: StackClient, stuckMs: number, isSettled: (levels: Levels) => boolean): Promise<Levels> {
  let last = "";
  let movedMs = performance.now();
  for (;;) {
    const levels = await readLevels(client);
    if (isSettled(levels)) return levels;
    const now = JSON.stringify(levels);
    if (now !== last) {
      last = now;
      movedMs = performance.now();
    }
    if (performance.now() - movedMs > stuckMs) return levels;
    await sleep(POLL_MS);
  }
}

const perSecond = (count: number, durationMs: number): number => Math.round((1000 * count) / Math.max(durationMs, 1));
