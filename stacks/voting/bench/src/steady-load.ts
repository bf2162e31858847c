import { setTimeout as sleep } from "node:timers/promises";
import { type Percentiles, percentilesOf, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { quantileOf, readHistogram } from "./histogram.js";
import { Viewer } from "./viewer.js";

const TICK_MS = 1;
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
    await cast(client, perSecond, 2); // Warm.
    await viewer.until(await runTotal(run), SETTLE_LIMIT_MS);
    const histogramBefore = await readHistogram(workerMetrics, "votes_accept_to_persist_seconds");
    const firstTotal = viewer.total;
    const { dueMs, acceptMs } = await cast(client, perSecond, seconds);
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

async function runTotal(run: VotingRun): Promise<number> {
  const { rows } = await run.pool.query<{ total: string }>("SELECT COALESCE(SUM(votes), 0) AS total FROM tally");
  return Number(rows[0]?.total);
}

async function cast(client: StackClient, perSecond: number, seconds: number): Promise<{ dueMs: number[]; acceptMs: number[] }> {
  const dueMs: number[] = [];
  const answers: Promise<number>[] = [];
  const startedMs = performance.now();
  while (dueMs.length < perSecond * seconds) {
    const elapsedMs = performance.now() - startedMs;
    for (; dueMs.length < Math.min((elapsedMs / 1_000) * perSecond, perSecond * seconds); ) {
      const due = startedMs + (1_000 * dueMs.length) / perSecond;
      dueMs.push(due);
      answers.push(castOne(client, due));
    }
    await sleep(TICK_MS);
  }
  return { dueMs, acceptMs: await Promise.all(answers) };
}

async function castOne(client: StackClient, dueMs: number): Promise<number> {
  const { status } = await client.vote("b");
  if (status !== 202) throw new Error(`a vote of the steady load was answered with ${status}`);
  return performance.now() - dueMs;
}
