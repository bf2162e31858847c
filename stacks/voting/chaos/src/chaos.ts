import http from "node:http";
import { pause } from "@groundplan/local";
import type { ChaosOptions } from "./chaos-options.js";
import type { ChaosReport } from "./chaos-report.js";
import { checkEverything } from "./checks/check-everything.js";
import { LedgerWatch } from "./checks/ledger-watch.js";
import { MemoryWatch } from "./checks/memory-watch.js";
import { ReceiptWatch } from "./checks/receipt-watch.js";
import { ResultWatch } from "./checks/result-watch.js";
import { untilHealthy } from "./checks/settle.js";
import { Viewer } from "./checks/viewer.js";
import { describeFault } from "./faults/fault.js";
import { injectAll } from "./faults/injector.js";
import { RecoveryWatch } from "./faults/recovery-watch.js";
import { scheduleOf } from "./faults/schedule.js";
import { notPossible, sortedLinks, type World } from "./faults/world.js";
import { ask } from "./load/ask.js";
import { startLoad } from "./load/load.js";
import { Random } from "./random.js";
import { ballotOf } from "./truth/check-truth.js";

const PROGRESS_MS = 250;
const POLL_MS = 50;
/** Faults begin when votes flow. */
const WARM_LIMIT_MS = 10_000;
/** The stack must be well without help, and have counted everything, this long after the last fault was put right. */
export const RECOVERY_LIMIT_MS = 60_000;
const VIEWER_LIMIT_MS = 10_000;
/** A part whose resident set is larger than this at the end has grown without bound: none needs half of it. */
const MEMORY_LIMIT_MB = 400;

/**
 * Puts a load on a stack, breaks things in it, puts them right, and checks that every vote was counted as promised.
 *
 * @throws Error (rejects) when nothing of what is wanted can be broken here.
 */
export async function chaos(world: World, options: ChaosOptions): Promise<ChaosReport> {
  const { run } = world;
  const { seed, votesPerSecond, tell } = options;
  const impossible = notPossible(world, options.kinds);
  const kinds = options.kinds.filter((kind) => !impossible.has(kind));
  if (kinds.length === 0) throw new Error(`nothing can be broken here: ${[...impossible].map((pair) => pair.join(" ")).join(", ")}`);
  const queue = run.redisUrl === null ? "db" : "redis";
  const faults = scheduleOf({ seed, kinds, links: sortedLinks(world.links.ends), queue });

  const recovery = new RecoveryWatch();
  const ledger = new LedgerWatch(run.pool, recovery);
  const results = new ResultWatch(run.resultUrl);
  const receipts = new ReceiptWatch(run.resultUrl, new Random(seed + 1));
  const memory = new MemoryWatch(run.stack);
  const viewer = new Viewer(run.resultUrl);
  const watching = new AbortController();
  const watches = Promise.all([ledger, results, receipts, memory].map((watch) => watch.run(watching.signal)));
  const load = startLoad({
    voteUrl: run.voteUrl,
    redisUrl: run.redisUrl,
    optionIds: await optionIds(run.resultUrl),
    votesPerSecond,
    seed: seed + 2,
    onAcknowledged({ receipt }, sentMs) {
      recovery.accepted(ballotOf(receipt as string), sentMs);
      receipts.add(receipt as string);
    },
  });
  const progress = setInterval(() => {
    const { acknowledged, unanswered, refused } = load.counts;
    tell.progress({ faults: recovery.records.length, acknowledged, unanswered, refused, lag: Math.max(0, acknowledged - ledger.counted) });
  }, PROGRESS_MS);

  try {
    await waitFor(WARM_LIMIT_MS, () => load.counts.acknowledged >= votesPerSecond);
    const startedMs = performance.now();
    const { stop, forMs: wantedMs, leastFaults = 0 } = options;
    await injectAll({ world, faults, watch: recovery, stop, forMs: wantedMs, leastFaults, tell });
    const forMs = Math.round(performance.now() - startedMs);
    tell.phase("everything is put right: waiting until all parts are healthy and every ballot is counted, then every vote is checked");
    const healthyAfterMs = await untilHealthy(run.stack, RECOVERY_LIMIT_MS);
    // The load goes on: recovery is measured by votes.
    await waitFor(RECOVERY_LIMIT_MS, () => recovery.isOver);
    await load.stop();
    const { settled, found, verdict, ...checked } = await checkEverything(run, load, RECOVERY_LIMIT_MS);
    await memory.look();
    const problems = [
      ...checked.problems,
      ...recovery.unrecovered().map((fault) => `no vote was counted again after ${describeFault(fault)}`),
      ...(await checkViewer(viewer, found.standing.length)),
      ...[...memory.nowMb].filter(([, mb]) => mb > MEMORY_LIMIT_MB).map(([part, mb]) => `${part} holds ${mb} MB of memory`),
    ];
    watching.abort();
    await watches;
    return {
      seed,
      kinds,
      notPossible: Object.fromEntries(impossible),
      forMs,
      votesPerSecond,
      faults: recovery.records,
      counts: load.counts,
      voters: load.voters.length,
      ledger: found.ledger.length,
      resultReads: results.reads,
      receiptLookups: receipts.lookups,
      viewerEvents: viewer.events,
      healthyAfterMs,
      drainedAfterMs: settled.drainedMs,
      largestMb: Object.fromEntries(memory.largestMb),
      verdict,
      broken: [...results.complaints, ...receipts.complaints, ...viewer.complaints, ...load.voters.flatMap((voter) => voter.complaints)],
      problems,
    };
  } finally {
    clearInterval(progress);
    watching.abort();
    viewer.close();
    await load.stop();
  }
}

async function waitFor(limitMs: number, condition: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!condition() && performance.now() - startedMs < limitMs) await pause(POLL_MS);
}

async function optionIds(resultUrl: string): Promise<readonly string[]> {
  const agent = new http.Agent();
  const { body } = await ask(agent, `${resultUrl}/api/results`);
  return (JSON.parse(body) as { options: { id: string }[] }).options.map((option) => option.id);
}

/** The page must show the end result by itself. */
async function checkViewer(viewer: Viewer, total: number): Promise<readonly string[]> {
  await waitFor(VIEWER_LIMIT_MS, () => viewer.total === total);
  return viewer.total === total ? [] : [`the stream of the result page shows ${viewer.total} votes, the table has ${total}`];
}
