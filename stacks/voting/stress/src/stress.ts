import { CastRecord } from "./cast-record.js";
import { castVotes } from "./cast-votes.js";
import { checkReceipts } from "./check-receipts.js";
import { Failure } from "./failure.js";
import type { LedgerDatabase } from "./ledger-database.js";
import { LevelWatch } from "./level-watch.js";
import { type Levels, readOptionIds, readPersisted } from "./levels.js";
import { type Load, MOST_UNDER_WAY } from "./load.js";
import type { Progress } from "./progress.js";
import { StackClient, type StackUrls } from "./stack-client.js";
import { reportOf, type StressRun } from "./stress-report.js";
import { takeBaseline } from "./take-baseline.js";
import { untilSettled } from "./until-settled.js";
import { Viewer } from "./viewer.js";

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
    viewer = await Viewer.open(options.result, before.visible);
    watch = new LevelWatch(watcher, before);
    watch.start();

    const { persisted, queued } = watch;
    const { seen } = viewer;
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
    const after = await settle(watch, viewer, before, record, stuckMs, interrupted ? new AbortController().signal : signal);
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
  viewer: Viewer,
  before: Levels,
  record: CastRecord,
  stuckMs: number,
  signal: AbortSignal,
): Promise<Levels> {
  const accepted = record.receipts.length;
  const arrivedOf = ({ persisted, visible }: Levels): readonly number[] =>
    [persisted - before.persisted, visible - before.visible, viewer.seen.gained].map((gained) => Math.min(gained, accepted));
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
