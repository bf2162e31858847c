import { pause, poll } from "@voting/proof";
import { percentilesOf, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { castOpenLoad, type OpenLoad, standingVotes } from "../open-load.js";
import { BarePushes } from "./bare-pushes.js";
import { type CpuShares, startCpuMeter } from "./cpu-meter.js";
import { Crowd, type SeenPush } from "./crowd.js";
import { LatencyCounts } from "./latency-counts.js";
import { startProber } from "./prober.js";
import type { ViewersLoad, ViewersRun } from "./viewers-load.js";

const CONNECTIONS = 50;

/** As often as the service pushes at most. */
const PUSH_INTERVAL_MS = 200;

const COUNT_LIMIT_MS = 60_000;

const POLL_MS = 20;

export interface ViewersOptions {
  readonly viewers: number;
  readonly votesPerSecond: number;
  readonly seconds: number;
}

/** Everyone watches while votes arrive: the result service, and beside it the bare server under the same load. */
export async function measureViewers(run: VotingRun, options: ViewersOptions): Promise<ViewersLoad> {
  const bench = { run, options, client: new StackClient({ vote: run.voteUrl, result: run.resultUrl }, CONNECTIONS), crowd: new Crowd() };
  const bare = await BarePushes.start();
  try {
    await castCounted(bench, 2); // Warm.
    await bench.crowd.open(bare.origin, options.viewers);
    const bareAlone = await measureBare(bench, bare, () => pause(1_000 * options.seconds));
    const before = await measureBare(bench, bare, () => castCounted(bench, options.seconds));
    await bench.crowd.close();
    await bench.crowd.open(run.resultUrl, options.viewers);
    const service = await measureService(bench);
    await bench.crowd.close();
    await bench.crowd.open(bare.origin, options.viewers);
    const after = await measureBare(bench, bare, () => castCounted(bench, options.seconds));
    return { viewers: options.viewers, votesPerSecond: options.votesPerSecond, bareAlone, bare: [before, after], service };
  } finally {
    bench.client.close();
    await Promise.all([bench.crowd.stop(), bare.stop()]);
  }
}

interface Bench {
  readonly run: VotingRun;
  readonly options: ViewersOptions;
  readonly client: StackClient;
  readonly crowd: Crowd;
}

async function measureBare({ run, client, crowd }: Bench, bare: BarePushes, load: () => Promise<unknown>): Promise<ViewersRun> {
  const results = JSON.parse((await client.fromResult("/api/results")).body) as object;
  await crowd.record();
  const readCpu = meter(run, { "bare server": bare.pid, viewers: crowd.pid });
  const startedMs = performance.now();
  await bare.push(results, PUSH_INTERVAL_MS);
  await load();
  const cpu = readCpu();
  const elapsedMs = performance.now() - startedMs;
  const { pushes } = await crowd.finish(await bare.pause());
  return viewersRun(pushes, elapsedMs, cpu);
}

async function measureService({ run, options, client, crowd }: Bench): Promise<ViewersLoad["service"]> {
  const totalBefore = await standingVotes(run);
  await crowd.record();
  const readCpu = meter(run, { viewers: crowd.pid });
  const stopProber = startProber(client);
  const startedMs = performance.now();
  const load = await castOpenLoad(client, options.votesPerSecond, options.seconds);
  const cpu = readCpu();
  const elapsedMs = performance.now() - startedMs;
  const probes = await stopProber();
  const { pushes, lost } = await crowd.finish(totalBefore + load.dueMs.length);
  const epochMs = Date.now() - performance.now();
  const dueAtMs = load.dueMs.map((due) => due + epochMs);
  return {
    ...viewersRun(pushes, elapsedMs, cpu),
    seenMs: seenLatencies(dueAtMs, totalBefore, pushes).percentiles,
    acceptMs: percentilesOf(load.acceptMs),
    probes,
    lost,
  };
}

/** Casts votes, and waits until all of them are counted. */
async function castCounted({ run, client, options }: Bench, seconds: number): Promise<OpenLoad> {
  const before = await standingVotes(run);
  const load = await castOpenLoad(client, options.votesPerSecond, seconds);
  let counted = 0;
  const areCounted = async (): Promise<boolean> => {
    counted = (await standingVotes(run)) - before;
    return counted >= load.dueMs.length;
  };
  if ((await poll(areCounted, { limitMs: COUNT_LIMIT_MS, everyMs: POLL_MS })) === null)
    throw new Error(`${counted} of ${load.dueMs.length} votes were counted`);
  return load;
}

function viewersRun(pushes: readonly SeenPush[], elapsedMs: number, cpu: CpuShares): ViewersRun {
  return { pushesPerSecond: (1_000 * pushes.length) / elapsedMs, pushMs: pushLatencies(pushes).percentiles, cpu };
}

/** Measures the parts of the stack, this process (which sends the votes) and the others given. */
function meter(run: VotingRun, others: Readonly<Record<string, number>>): () => CpuShares {
  const parts = run.stack.states().flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid] as const]));
  return startCpuMeter({ "load generator": process.pid, ...others }, Object.fromEntries(parts));
}

/** From the publishing of each push to each viewer having it. */
export function pushLatencies(pushes: readonly SeenPush[]): LatencyCounts {
  const all = new LatencyCounts();
  for (const { latencies } of pushes) all.addAll(latencies);
  return all;
}

/**
 * From the time at which each vote was due (in ms since 1970, ascending) to each viewer having a push that includes it. Votes become
 * visible in about the order in which they were due: the n-th shows with the first total of at least `totalBefore` + n.
 */
export function seenLatencies(dueAtMs: readonly number[], totalBefore: number, pushes: readonly SeenPush[]): LatencyCounts {
  const all = new LatencyCounts();
  let next = 0;
  for (const [index, dueMs] of dueAtMs.entries()) {
    while (next < pushes.length && (pushes[next] as SeenPush).total < totalBefore + index + 1) next++;
    const push = pushes[next];
    if (push === undefined) throw new Error(`no push includes vote ${index + 1}`);
    all.addAll(push.latencies, push.publishedAtMs - dueMs);
  }
  return all;
}
