import { Failure, pause, Viewer } from "@voting/proof";
import { CastRecord } from "./cast-record.js";
import { castVotes } from "./cast-votes.js";
import { checkReceipts } from "./check-receipts.js";
import type { LedgerDatabase } from "./ledger-database.js";
import { type Levels, readLevels, readOptionIds, readPersisted } from "./levels.js";
import { type Load, MOST_UNDER_WAY } from "./load.js";
import type { Progress } from "./progress.js";
import { Series } from "./series.js";
import { StackClient, type StackUrls } from "./stack-client.js";
import { reportOf, type StressRun } from "./stress-report.js";

const STUCK_MS = 10_000;

const PROGRESS_MS = 100;

const LOOK_UPS_AT_A_TIME = 20;

export interface StressOptions extends StackUrls {
  readonly load: Load;
  /** The stack's database, to check the tables too; or why it is not known. */
  readonly database: LedgerDatabase | { readonly unknown: string };
  /** Without any progress for this long the stack is stuck, not slow. Default: 10,000 */
  readonly stuckMs?: number;
  /** Aborted: no more votes are cast, and what was cast is followed to its end; aborted later: what is known will do. */
  readonly signal?: AbortSignal;
  /** Told when a phase begins, and some times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

interface BaselineOptions {
  /** So long without progress is stuck. */
  readonly stuckMs: number;
  readonly signal: AbortSignal;
  /** Told while ballots of before are still to be counted. */
  readonly onDraining: (held: number) => void;
}

const POLL_MS = 20;

interface SettleOptions {
  /** Reads the levels; a Failure is tried again. */
  readonly look: () => Promise<Levels>;
  /** Settled are levels of which this is true and that were the same at two looks in a row. */
  readonly isSettled: (levels: Levels) => boolean;
  /** What grows while the stack gets on, and has an end: when it has not grown for `stuckMs`, the stack is stuck, not slow. */
  readonly progressOf: (levels: Levels) => readonly number[];
  readonly stuckMs: number;
  /** Aborted: the levels as they are will do. */
  readonly signal: AbortSignal;
}

interface Settled {
  readonly levels: Levels;
  /** False: nothing got on any more, or the signal was aborted. */
  readonly settled: boolean;
}

const LEVELS = ["accepted", "queued", "held", "persisted", "visible"] as const;

/** Pause between two looks at the ledger: this and the look itself are how fine the times to persist are. */
const PAUSE_MS = 20;

/** Of so many looks one is at all levels: it costs the stack more, and during the load it is for the display only. */
const LOOKS_FOR_ALL = 3;

/**
 * Casts votes and follows every one of them to the result page. Waits on what it measures, never for a time.
 *
 * @throws Failure (rejects) when it cannot be measured: a service does not answer, or the queue does not drain before the load.
 */
export async function stress(options: StressOptions): Promise<StressRun> {
  const { load, stuckMs = STUCK_MS, signal = new AbortController().signal, onProgress = () => undefined } = options;
  const caster = new StackClient(options, load.kind === "closed" ? load.parallel : MOST_UNDER_WAY);
  // What is watched must not wait behind what is cast.
  const watcher = new StackClient(options, LOOK_UPS_AT_A_TIME);
  const database = "unknown" in options.database ? null : options.database;
  const record = new CastRecord();
  let watch: LevelWatch | null = null;
  let viewer: Viewer | null = null;
  let ticker: NodeJS.Timeout | undefined;
  try {
    let held = 0;
    const before = await takeBaseline(watcher, {
      stuckMs,
      signal,
      onDraining: (now) => {
        held = Math.max(held, now);
        onProgress({ ...NOTHING, phase: "draining", done: held - now, total: held });
      },
    });
    const optionIds = await readOptionIds(watcher);
    if (optionIds.length < load.split.length) {
      throw new Failure(2, `--split ${load.split.join("/")} is for ${load.split.length} options; the poll has ${optionIds.length}`);
    }
    const beganAt = (await database?.now()) ?? null;
    /** What the page's total had gained at the moment each event had arrived. */
    const seen = new Series();
    viewer = await Viewer.open(options.result, (total, atMs) => seen.add(atMs, total - before.visible));
    watch = new LevelWatch(watcher, before);
    watch.start();

    const { persisted, queued } = watch;
    const beganMs = performance.now();
    let now: Pick<Progress, "phase" | "done" | "total"> = { phase: "casting", done: 0, total: load.votes };
    let castMs: number | null = null;
    const tell = (): void => {
      const accepted = record.receipts.length;
      const levels = { accepted, queued: queued.gained, persisted: persisted.gained, visible: seen.gained };
      const votesPerSecond = Math.round((1_000 * accepted) / Math.max(1, (castMs ?? performance.now()) - beganMs));
      const done =
        now.phase === "casting" ? record.answered : now.phase === "settling" ? Math.min(persisted.gained, seen.gained) : now.done;
      onProgress({ ...now, ...levels, done: Math.max(0, done), errors: record.refused + record.unanswered, votesPerSecond });
    };
    tell();
    ticker = setInterval(tell, PROGRESS_MS);

    const late = await castVotes(caster, optionIds, load, record, signal);
    castMs = performance.now();
    // From here on it is asked by `settle`, and two that ask at once would only disturb each other.
    await watch.stop();
    const accepted = record.receipts.length;
    const interrupted = record.sent < load.votes;
    now = { phase: "settling", done: 0, total: accepted };
    tell();
    const after = await settle(watch, seen, before, record, stuckMs, interrupted ? new AbortController().signal : signal);
    const viewerBreaks = viewer.breaks;
    viewer.close();

    now = { phase: "looking up", done: 0, total: accepted };
    tell();
    const onLookedUp = (done: number): void => {
      now = { ...now, done };
    };
    const missing = await checkReceipts(watcher, record.receipts, { parallel: LOOK_UPS_AT_A_TIME, stuckMs, onProgress: onLookedUp });
    const counted = database === null || beganAt === null ? null : await database.countedSince(beganAt);
    return reportOf({
      load,
      interrupted: interrupted || signal.aborted,
      beganMs,
      record,
      late,
      before,
      after,
      queuedSteps: queued.steps,
      persistedSteps: persisted.steps,
      visibleSteps: seen.steps,
      ledgerGapsMs: persisted.gapsMs,
      ledgerWentBack: persisted.wentBack,
      viewerBreaks,
      missing,
      unacknowledged: counted === null ? null : unacknowledged(counted, record.receipts),
      invariants: database === null ? null : await database.check(() => readPersisted(watcher)),
      unchecked: "unknown" in options.database ? [options.database.unknown] : [],
    });
  } finally {
    clearInterval(ticker);
    viewer?.close();
    await watch?.stop();
    watcher.close();
    caster.close();
  }
}

const NOTHING = { accepted: 0, queued: 0, persisted: 0, visible: 0, errors: 0, votesPerSecond: 0 } as const;

/** The levels once every accepted vote has arrived at each of them, or when nothing moves any more. */
async function settle(
  watch: LevelWatch,
  seen: Series,
  before: Levels,
  record: CastRecord,
  stuckMs: number,
  signal: AbortSignal,
): Promise<Levels> {
  const accepted = record.receipts.length;
  const arrivedOf = ({ persisted, visible }: Levels): readonly number[] =>
    [persisted - before.persisted, visible - before.visible, seen.gained].map((gained) => Math.min(gained, accepted));
  try {
    const { levels } = await untilSettled({
      look: () => watch.look(),
      isSettled: (levels) => levels.held === 0 && arrivedOf(levels).every((arrived) => arrived === accepted),
      progressOf: (levels) => [...arrivedOf(levels), -levels.held],
      stuckMs,
      signal,
    });
    return levels;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      1,
      `${error.message}\n${record.sent} votes were cast and ${accepted} accepted, ${watch.persisted.gained} were seen in the ledger; what became of the others cannot be read. Once the stack is back, npm run audit tells`,
    );
  }
}

/** Ids that were counted and never acknowledged. A receipt is `<id>.<seal>`. */
function unacknowledged(counted: readonly string[], receipts: readonly string[]): readonly string[] {
  const known = new Set(receipts.map((receipt) => receipt.split(".")[0]));
  return counted.filter((id) => !known.has(id));
}

/**
 * The levels before the load, once the queue is drained: from there on every vote more is one of the load.
 *
 * @throws Failure (rejects) when a level cannot be read, or the queue does not drain.
 */
async function takeBaseline(client: StackClient, { stuckMs, signal, onDraining }: BaselineOptions): Promise<Levels> {
  // A service that does not answer now is a reason to stop; one that goes away later may come back.
  const first = await readLevels(client);
  const { levels: last, settled } = await untilSettled({
    look: async () => {
      const levels = await readLevels(client);
      if (levels.held > 0) onDraining(levels.held);
      return levels;
    },
    isSettled: ({ held }) => held === 0,
    progressOf: ({ held }) => [-held],
    stuckMs,
    signal,
  });
  if (signal.aborted) throw new Failure(1, "stopped before the first vote was cast");
  if (settled) return last;
  const others = last.queued - first.queued;
  throw new Failure(
    1,
    last.held > 0 && last.persisted === first.persisted
      ? `${last.held} ballots wait in the queue and none is counted; is the worker running?`
      : `the stack does not come to rest: the queue holds ${last.held} ballots, and other voters have added ${others} while this waited. The levels count everybody's votes, so a load can be followed only when nobody else votes`,
  );
}

/**
 * The levels when they have settled, or the last ones when nothing got on for too long.
 *
 * @throws Failure (rejects) when the levels could not be read for that long.
 */
async function untilSettled({ look, isSettled, progressOf, stuckMs, signal }: SettleOptions): Promise<Settled> {
  let best: readonly number[] = [];
  let last: Levels | null = null;
  let movedMs = performance.now();
  let readMs = performance.now();
  for (;;) {
    try {
      const levels = await look();
      readMs = performance.now();
      const progress = progressOf(levels);
      if (progress.some((value, index) => value > (best[index] ?? Number.NEGATIVE_INFINITY))) {
        best = progress.map((value, index) => Math.max(value, best[index] ?? value));
        movedMs = readMs;
      }
      const settled = last !== null && areSame(last, levels) && isSettled(levels);
      last = levels;
      if (settled || signal.aborted || readMs - movedMs > stuckMs) return { levels, settled };
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted || performance.now() - readMs > stuckMs) throw error;
      // What was down for a while has not stood still.
      movedMs = performance.now();
    }
    await pause(POLL_MS);
  }
}

function areSame(a: Levels, b: Levels): boolean {
  return LEVELS.every((level) => a[level] === b[level]);
}

/** Looks at a stack's levels again and again, one look at a time. What cannot be read now is read later. */
class LevelWatch {
  readonly persisted = new Series();
  readonly queued = new Series();
  readonly #client: StackClient;
  readonly #before: Levels;
  readonly #stopping = new AbortController();
  #finished: Promise<void> = Promise.resolve();

  constructor(client: StackClient, before: Levels) {
    this.#client = client;
    this.#before = before;
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Resolves after the look that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#finished;
  }

  /** Reads all levels now; only while it is stopped. */
  async look(): Promise<Levels> {
    const levels = await readLevels(this.#client);
    const atMs = performance.now();
    this.queued.add(atMs, levels.queued - this.#before.queued);
    this.persisted.add(atMs, levels.persisted - this.#before.persisted);
    return levels;
  }

  async #lookAtLedger(): Promise<void> {
    const persisted = await readPersisted(this.#client);
    this.persisted.add(performance.now(), persisted - this.#before.persisted);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let turn = 0; !signal.aborted; turn++) {
      try {
        if (turn % LOOKS_FOR_ALL === 0) await this.look();
        else await this.#lookAtLedger();
      } catch (error) {
        // A service that is down shows in the gap between two looks, and to those who wait for the levels.
        if (!(error instanceof Failure)) throw error;
      }
      await pause(PAUSE_MS, signal);
    }
  }
}
