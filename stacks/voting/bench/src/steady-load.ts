import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Watches the result page's event stream, and remembers when each total was pushed. */
class Viewer {
  readonly #response: IncomingMessage;
  readonly #seen: { readonly total: number; readonly atMs: number }[] = [];

  static async open(resultUrl: string): Promise<Viewer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${resultUrl}/events`, resolve).on("error", reject);
    });
    return new Viewer(response);
  }

  private constructor(response: IncomingMessage) {
    this.#response = response;
    let unread = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      const atMs = performance.now();
      const events = (unread + chunk).split("\n\n");
      unread = events.pop() ?? "";
      for (const event of events) {
        const total = /"total":(\d+)/.exec(event)?.[1];
        if (total !== undefined) this.#seen.push({ total: Number(total), atMs });
      }
    });
  }

  get total(): number {
    return this.#seen.at(-1)?.total ?? 0;
  }

  /** When a push first had at least that total. */
  firstSeenMs(total: number): number {
    const push = this.#seen.find((candidate) => candidate.total >= total);
    if (push === undefined) throw new Error(`no push had a total of ${total}`);
    return push.atMs;
  }

  async until(total: number, limitMs: number): Promise<void> {
    const startedMs = performance.now();
    while (this.total < total) {
      if (performance.now() - startedMs > limitMs) throw new Error(`the viewer sees ${this.total} of ${total} votes`);
      await sleep(POLL_MS);
    }
  }

  close(): void {
    this.#response.destroy();
  }
}
