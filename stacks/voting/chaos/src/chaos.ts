import http from "node:http";
import { Failure, poll, Random, type Viewer } from "@voting/proof";
import type { ChaosOptions } from "./chaos-options.js";
import type { ChaosReport } from "./chaos-report.js";
import { checkEverything } from "./checks/check-everything.js";
import { untilHealthy } from "./checks/settle.js";
import { LedgerWatch, MemoryWatch, ReceiptWatch, RecoveryWatch, ResultWatch, Rising, watchPage } from "./checks/watches.js";
import { describeFault, FAULT_KINDS, type FaultKind, type PlannedFault } from "./faults/fault.js";
import { type History, injectAll } from "./faults/injector.js";
import { notPossible, sortedLinks, type World } from "./faults/world.js";
import { ask } from "./load/ask.js";
import { type Load, startLoad } from "./load/load.js";
import { ballotOf } from "./truth/check-truth.js";
import type { CastVote } from "./truth/voter.js";

const PROGRESS_MS = 250;

const POLL_MS = 50;

/** Faults begin when votes flow. */
const WARM_LIMIT_MS = 10_000;

/** The stack must be well without help, and have counted everything, this long after the last fault was put right. */
export const RECOVERY_LIMIT_MS = 60_000;

const VIEWER_LIMIT_MS = 10_000;

/** A part whose resident set is larger than this at the end has grown without bound: none needs half of it. */
const MEMORY_LIMIT_MB = 400;

/** A link of the stack that goes through a proxy. */
interface LinkName {
  readonly from: string;
  readonly to: string;
}

export interface ScheduleOptions {
  readonly seed: number;
  /** Which kinds; their order does not matter. */
  readonly kinds: readonly FaultKind[];
  readonly links: readonly LinkName[];
  /** Where votes wait: without a Redis, "db". */
  readonly queue: "redis" | "db";
}

/** Pauses and cuts are longer than the services' timeouts (2 to 3 s) now and then. */
const SHORTEST_MS = 100;

const LONGEST_MS = 5_000;

const MAX_CLOCK_STEP_SECONDS = 3 * 3_600;

const MAX_DELAY_MS = 800;

/** After a copy was taken votes are counted again for a while. */
const SHORTEST_RESTORE_MS = 1_000;

/** Of those who vote: by the page. */
const PEOPLE_SHARE = 0.3;

/** Longer than the worker waits for a lock (5 s) now and then. */
const LONGEST_LOCK_MS = 8_000;

type Start = Pick<PlannedFault, "after" | "pauseMs">;

type Detail = Pick<PlannedFault, "target" | "how" | "forMs" | "amount">;

/**
 * Puts a load on a stack, breaks things in it, puts them right, and checks that every vote was counted as promised.
 *
 * @throws Failure (rejects) when nothing of what is wanted can be broken here.
 */
export async function chaos(world: World, options: ChaosOptions): Promise<ChaosReport> {
  const { run } = world;
  const { seed, votesPerSecond, tell } = options;
  const impossible = notPossible(world, options.kinds);
  const kinds = options.kinds.filter((kind) => !impossible.has(kind));
  if (kinds.length === 0) throw new Failure(1, `nothing can be broken here: ${[...impossible].map((pair) => pair.join(" ")).join(", ")}`);
  const queue = run.redisUrl === null ? "db" : "redis";
  const faults = scheduleOf({ seed, kinds, links: sortedLinks(world.links.ends), queue });

  const recovery = new RecoveryWatch();
  const ledger = new LedgerWatch(run.pool, recovery);
  const results = new ResultWatch(run.resultUrl);
  const receipts = new ReceiptWatch(run.resultUrl, new Random(seed + 1));
  const memory = new MemoryWatch(run.stack);
  const pageComplaints: string[] = [];
  const shown = new Rising();
  const viewer = watchPage(run.resultUrl, pageComplaints, shown);
  const watching = new AbortController();
  const watches = Promise.all([ledger, results, receipts, memory].map((watch) => watch.run(watching.signal)));
  const load = startLoad({
    voteUrl: run.voteUrl,
    redisUrl: run.redisUrl,
    optionIds: await optionIds(run.resultUrl),
    votesPerSecond,
    seed: seed + 2,
    peopleShare: PEOPLE_SHARE,
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
    await poll(() => load.counts.acknowledged >= votesPerSecond, { limitMs: WARM_LIMIT_MS, everyMs: POLL_MS });
    const startedMs = performance.now();
    const { stop, forMs: wantedMs, leastFaults = 0 } = options;
    const history: History = {
      databaseGoesBack() {
        receipts.mayGoBack = true;
        for (const total of [results.total, shown]) total.goesBack();
      },
      databaseIsBack() {
        receipts.mayGoBack = false;
        for (const total of [results.total, shown]) total.isBack();
      },
      queueIsCopied() {
        const copied = new Set(castBy(load).filter((vote) => vote.acknowledged));
        return (counted) => {
          const isKept = (vote: CastVote): boolean => copied.has(vote) || (vote.receipt !== null && counted.has(ballotOf(vote.receipt)));
          for (const vote of castBy(load)) if (!isKept(vote)) vote.mayBeLost = true;
          recovery.followAnew();
        };
      },
    };
    await injectAll({ world, faults, watch: recovery, history, stop, forMs: wantedMs, leastFaults, tell });
    const forMs = Math.round(performance.now() - startedMs);
    tell.phase("everything is put right: waiting until all parts are healthy and every ballot is counted, then every vote is checked");
    const healthyAfterMs = await untilHealthy(run.stack, RECOVERY_LIMIT_MS);
    // The load goes on: recovery is measured by votes.
    await poll(() => recovery.isOver, { limitMs: RECOVERY_LIMIT_MS, everyMs: POLL_MS });
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
      mayBeLost: castBy(load).filter((vote) => vote.acknowledged && vote.mayBeLost).length,
      resultReads: results.reads,
      receiptLookups: receipts.lookups,
      viewerEvents: viewer.events,
      healthyAfterMs,
      drainedAfterMs: settled.drainedMs,
      largestMb: Object.fromEntries(memory.largestMb),
      verdict,
      broken: [
        ...recovery.complaints,
        ...results.complaints,
        ...receipts.complaints,
        ...pageComplaints,
        ...load.voters.flatMap((voter) => voter.complaints),
      ],
      problems,
    };
  } finally {
    clearInterval(progress);
    watching.abort();
    viewer.close();
    await load.stop();
  }
}

const castBy = ({ voters }: Load): readonly CastVote[] => voters.flatMap((voter) => voter.votes);

async function optionIds(resultUrl: string): Promise<readonly string[]> {
  const agent = new http.Agent();
  const { body } = await ask(agent, `${resultUrl}/api/results`);
  return (JSON.parse(body) as { options: { id: string }[] }).options.map((option) => option.id);
}

/** The page must show the end result by itself. */
async function checkViewer(viewer: Viewer, total: number): Promise<readonly string[]> {
  await poll(() => viewer.total === total, { limitMs: VIEWER_LIMIT_MS, everyMs: POLL_MS });
  return viewer.total === total ? [] : [`the stream of the result page shows ${viewer.total} votes, the table has ${total}`];
}

/**
 * What is broken one after the other, without end, from the seed alone. Kinds come like cards from a shuffled deck, so that each one
 * comes about as often as every other. Some come two at once, some while the last is still being recovered from, and some when votes
 * are counted again: so a slow machine gets fewer of them, and counts votes all the same.
 */
export function* scheduleOf(options: ScheduleOptions): Generator<PlannedFault> {
  const random = new Random(options.seed);
  const kinds = FAULT_KINDS.filter((kind) => options.kinds.includes(kind));
  let deck: FaultKind[] = [];
  for (;;) {
    if (deck.length === 0) deck = random.shuffle(kinds);
    const kind = deck.pop();
    if (kind === undefined) return;
    yield { kind, ...startOf(random), ...detailOf(kind, random, options) };
  }
}

function startOf(random: Random): Start {
  const luck = random.share();
  if (luck < 0.15) return { after: "the last began", pauseMs: random.int(0, 20) };
  if (luck < 0.55) return { after: "the last began", pauseMs: random.int(200, 1_200) };
  return { after: "recovery", pauseMs: random.spread(20, 1_500) };
}

function detailOf(kind: FaultKind, random: Random, { links, queue }: ScheduleOptions): Detail {
  const parts = queue === "redis" ? ["worker", "vote", "redis", "db", "result"] : ["worker", "vote", "db", "result"];
  const lastingMs = (): number => random.spread(SHORTEST_MS, LONGEST_MS);
  switch (kind) {
    case "worker":
    case "vote":
    case "redis":
    case "result":
      return { target: kind, how: "kill -9", forMs: 0, amount: 0 };
    case "postgres":
      return { target: "db", how: random.pick(["kill -9", "kill -9", "kill -9 of the worker's backend"]), forMs: 0, amount: 0 };
    case "restart":
      return { target: random.pick([queue, "db", ...parts]), how: "SIGTERM", forMs: 0, amount: 0 };
    case "disconnect":
      return { target: random.pick([queue, "db"]), how: "closes every connection", forMs: 0, amount: 0 };
    case "pause": {
      const target = random.pick(parts);
      const how = target === "db" ? random.pick(["all processes", "postmaster", "the worker's backend"]) : "SIGSTOP";
      return { target, how, forMs: lastingMs(), amount: 0 };
    }
    case "partition":
      return partition(random, links, lastingMs());
    case "second-worker": {
      const how = random.pick(["then kill -9", "then kill -9", "then SIGTERM"]);
      return { target: "worker", how, forMs: random.int(800, LONGEST_MS), amount: random.int(1, 2) };
    }
    case "clock": {
      const amount = random.pick([-1, 1]) * random.spread(1, MAX_CLOCK_STEP_SECONDS);
      const how = `${amount > 0 ? "+" : ""}${amount} s`;
      return { target: random.pick(["vote", "worker"]), how, forMs: random.int(200, 3_000), amount };
    }
    case "full-redis": {
      const amount = random.pick([100, 50]);
      return { target: "redis", how: `may use ${amount} % of what it uses`, forMs: lastingMs(), amount };
    }
    case "restore-redis":
      return { target: "redis", how: "from a copy", forMs: random.int(SHORTEST_RESTORE_MS, LONGEST_MS), amount: 0 };
    case "restore-database":
      return { target: "db", how: "from a backup", forMs: random.int(SHORTEST_RESTORE_MS, LONGEST_MS), amount: 0 };
    case "blocked-lock": {
      const how = random.pick(["ACCESS EXCLUSIVE", "EXCLUSIVE"]);
      return { target: "db", how, forMs: random.spread(SHORTEST_MS, LONGEST_LOCK_MS), amount: 0 };
    }
  }
}

function partition(random: Random, links: readonly LinkName[], forMs: number): Detail {
  const { from, to } = random.pick(links);
  const target = `${from}->${to}`;
  const how = random.pick(["cut", "refuse", "silence", "silence, then cut", "half-open", "half-open, then cut", "half-open back", "delay"]);
  if (how === "cut") return { target, how, forMs: 0, amount: 0 };
  return { target, how, forMs, amount: how === "delay" ? random.spread(5, MAX_DELAY_MS) : 0 };
}
