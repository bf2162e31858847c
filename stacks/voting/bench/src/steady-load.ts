import { type Percentiles, percentilesOf, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { quantileOf, readHistogram } from "./histogram.js";
import { castOpenLoad, standingVotes } from "./open-load.js";
import { Viewer } from "./viewer.js";

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

/** An open load: votes are sent when they are due, whether or not the ones before were answered. */
export async function measureSteadyLoad(run: VotingRun, perSecond: number, seconds: number): Promise<SteadyLoad> {
  const client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, CONNECTIONS);
  const viewer = await Viewer.open(run.resultUrl);
  const workerMetrics = `http://127.0.0.1:${run.stack.states().find((part) => part.name === "worker")?.port}/metrics`;
  try {
    await castOpenLoad(client, perSecond, 2); // Warm.
    await viewer.until(await standingVotes(run), SETTLE_LIMIT_MS);
    const histogramBefore = await readHistogram(workerMetrics, "votes_accept_to_persist_seconds");
    const firstTotal = viewer.total;
    const { dueMs, acceptMs } = await castOpenLoad(client, perSecond, seconds);
    await viewer.until(firstTotal + dueMs.length, SETTLE_LIMIT_MS);
    const histogram = (await readHistogram(workerMetrics, "votes_accept_to_persist_seconds")).since(histogramBefore);
    return {
      perSecond,
      votes: dueMs.length,
      acceptMs: percentilesOf(acceptMs),
      persistMs: { p50: 1_000 * quantileOf(histogram, 0.5), p99: 1_000 * quantileOf(histogram, 0.99) },
      // Votes become visible in about the order in which they were due: the n-th shows with the first total of at least n.
      visibleMs: percentilesOf(dueMs.map((due, index) => viewer.firstSeenMs(firstTotal + index + 1) - due)),
    };
  } finally {
    viewer.close();
    client.close();
  }
}
