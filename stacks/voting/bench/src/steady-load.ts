import { poll, Viewer } from "@voting/proof";
import { type Percentiles, percentilesOf, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { castOpenLoad, standingVotes } from "./open-load.js";

const CONNECTIONS = 50;

const SETTLE_LIMIT_MS = 10_000;

export interface SteadyLoad {
  readonly perSecond: number;
  readonly votes: number;
  /** From the time at which a vote was due, so that a stall shows in all that wait behind it. */
  readonly acceptMs: Percentiles;
  /** From the vote service reading a vote to its commit, as the worker measures it. */
  readonly persistMs: { readonly p50: number; readonly p99: number };
  /** From the time at which a vote was due to the first push to a viewer that includes it. */
  readonly visibleMs: Percentiles;
}

const POLL_MS = 10;

/** An open load: votes are sent when they are due, whether or not the ones before were answered. */
export async function measureSteadyLoad(run: VotingRun, perSecond: number, seconds: number): Promise<SteadyLoad> {
  const client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, CONNECTIONS);
  const seen: { readonly total: number; readonly atMs: number }[] = [];
  const viewer = await Viewer.open(run.resultUrl, (total, atMs) => seen.push({ total, atMs }));
  const workerMetrics = `http://127.0.0.1:${run.stack.states().find((part) => part.name === "worker")?.port}/metrics`;
  try {
    await castOpenLoad(client, perSecond, 2); // Warm.
    await untilSeen(viewer, await standingVotes(run));
    const histogramBefore = await readHistogram(workerMetrics, "votes_accept_to_persist_seconds");
    const firstTotal = viewer.total;
    const { dueMs, acceptMs } = await castOpenLoad(client, perSecond, seconds);
    await untilSeen(viewer, firstTotal + dueMs.length);
    if (viewer.breaks > 0) throw new Error(`the viewer's stream broke ${viewer.breaks} times while it was measured`);
    const histogram = (await readHistogram(workerMetrics, "votes_accept_to_persist_seconds")).since(histogramBefore);
    return {
      perSecond,
      votes: dueMs.length,
      acceptMs: percentilesOf(acceptMs),
      persistMs: { p50: 1_000 * quantileOf(histogram, 0.5), p99: 1_000 * quantileOf(histogram, 0.99) },
      // Votes become visible in about the order in which they were due: the n-th shows with the first total of at least n.
      visibleMs: percentilesOf(dueMs.map((due, index) => firstSeenMs(seen, firstTotal + index + 1) - due)),
    };
  } finally {
    viewer.close();
    client.close();
  }
}

/** A Prometheus histogram: upper bounds in ascending order (the last is Infinity) and cumulative counts. */
class Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];

  constructor(bounds: readonly number[], counts: readonly number[]) {
    this.bounds = bounds;
    this.counts = counts;
  }

  /** What came after an earlier reading. */
  since(earlier: Histogram): Histogram {
    return new Histogram(
      this.bounds,
      this.counts.map((count, index) => count - (earlier.counts[index] ?? 0)),
    );
  }
}

async function readHistogram(metricsUrl: string, name: string): Promise<Histogram> {
  return parseHistogram(await (await fetch(metricsUrl)).text(), name);
}

export function parseHistogram(text: string, name: string): Histogram {
  const buckets = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\S+)$`, "gm"))];
  return new Histogram(
    buckets.map(([, bound]) => (bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound))),
    buckets.map(([, , count]) => Number(count)),
  );
}

/** As Prometheus' histogram_quantile: linear within a bucket. In the last bucket, which has no upper bound, its lower bound. */
export function quantileOf({ bounds, counts }: Histogram, quantile: number): number {
  const rank = quantile * (counts.at(-1) ?? 0);
  const index = counts.findIndex((count) => count >= rank);
  const [lower, upper] = [bounds[index - 1] ?? 0, bounds[index] ?? 0];
  if (upper === Number.POSITIVE_INFINITY) return lower;
  const [below, upTo] = [counts[index - 1] ?? 0, counts[index] ?? 0];
  return lower + ((upper - lower) * (rank - below)) / Math.max(1, upTo - below);
}

async function untilSeen(viewer: Viewer, total: number): Promise<void> {
  if ((await poll(() => viewer.total >= total, { limitMs: SETTLE_LIMIT_MS, everyMs: POLL_MS })) === null)
    throw new Error(`the viewer sees ${viewer.total} of ${total} votes`);
}

/** When a push first had at least that total. */
function firstSeenMs(seen: readonly { readonly total: number; readonly atMs: number }[], total: number): number {
  const push = seen.find((candidate) => candidate.total >= total);
  if (push === undefined) throw new Error(`no push had a total of ${total}`);
  return push.atMs;
}
