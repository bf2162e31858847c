import { type ChaosReport, isExact, phantomVotes } from "./chaos-report.js";
import type { FaultRecord } from "./checks/watches.js";
import { FAULT_KINDS } from "./faults/fault.js";

const WRONG_SHOWN = 10;

/** What a class of faults did, over all of its faults. Times in ms since the fault began, its duration included. */
export interface FaultClass {
  readonly kind: string;
  /** Injected. */
  readonly times: number;
  /** Planned, and not possible at that moment. */
  readonly missed: number;
  readonly acceptedAgainMs: Spread | null;
  readonly countedAgainMs: Spread | null;
}

export interface Spread {
  readonly median: number;
  readonly max: number;
}

/** In the order of FAULT_KINDS; a kind of which none came is left out. */
export function faultClasses(records: readonly FaultRecord[]): readonly FaultClass[] {
  return FAULT_KINDS.flatMap((kind) => {
    const own = records.filter((record) => record.fault.kind === kind);
    const done = own.filter((record) => record.missed === null);
    if (own.length === 0) return [];
    const acceptedAgainMs = spreadOf(done.map((record) => record.acceptedAgainMs));
    const countedAgainMs = spreadOf(done.map((record) => record.countedAgainMs));
    return [{ kind, times: done.length, missed: own.length - done.length, acceptedAgainMs, countedAgainMs }];
  });
}

/** All of it, with what follows from it, as one line. */
export function renderJson(report: ChaosReport): string {
  return `${JSON.stringify({ exact: isExact(report), phantomVotes: phantomVotes(report), classes: faultClasses(report.faults), ...report })}\n`;
}

function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const max = sorted.at(-1);
  return max === undefined ? null : { median: Math.round(sorted[Math.ceil(sorted.length / 2) - 1] as number), max: Math.round(max) };
}

/** The report as a person reads it. */
export function renderReport(report: ChaosReport): string {
  const { counts, verdict } = report;
  const classes = faultClasses(report.faults);
  const times = classes.reduce((sum, { times }) => sum + times, 0);
  const missed = classes.reduce((sum, { missed }) => sum + missed, 0);
  return `${[
    `seed ${report.seed}, ${(report.forMs / 1000).toFixed(0)} s of faults, up to ${report.votesPerSecond} votes a second`,
    "",
    ...renderTable([
      ["fault", "times", "missed", "accepted again, ms", "", "counted again, ms", ""],
      ["", "", "", "median", "max", "median", "max"],
      ...classes.map((row) => [
        row.kind,
        `${row.times}`,
        `${row.missed}`,
        ...spreadCells(row.acceptedAgainMs),
        ...spreadCells(row.countedAgainMs),
      ]),
      ["all", `${times}`, `${missed}`],
    ]),
    "",
    ...Object.entries(report.notPossible).map(([kind, reason]) => `not tried: ${kind} (${reason})`),
    `${counts.acknowledged} votes acknowledged (${counts.classic} in the classic list); of the tries ${counts.unanswered} unanswered, ${counts.refused} refused with 503, ${counts.unreachable} not sent;`,
    `${report.voters} voters, ${counts.retries} retries with a key, ${counts.concurrent} times two votes at once, ${counts.pressedAgain} presses once more`,
    `${report.ledger} ballots in the ledger; ${report.receiptLookups} receipts looked up, ${report.resultReads} results read and ${report.viewerEvents} events seen meanwhile`,
    ...(report.mayBeLost === 0
      ? []
      : [`${report.mayBeLost} acknowledged votes waited in a queue when an older copy was put in its place: they need not be counted`]),
    `healthy again after ${msText(report.healthyAfterMs)}, drained after ${msText(report.drainedAfterMs)}`,
    `memory at most: ${Object.entries(report.largestMb)
      .map(([part, megabytes]) => `${part} ${megabytes} MB`)
      .join(", ")}`,
    "",
    ...renderWrong("lost", verdict.lost),
    ...renderWrong("doubled", verdict.doubled),
    ...renderWrong("invented", verdict.invented),
    ...renderWrong("wrong standing votes", verdict.wrongStanding),
    ...renderWrong("taken back", report.broken),
    ...renderWrong("other contradictions", report.problems),
    `phantom votes: ${phantomVotes(report)}`,
    isExact(report) ? "exact: every acknowledged vote was counted once, and nothing else was" : verdictOf(report),
  ].join("\n")}\n`;
}

const verdictOf = ({ counts }: ChaosReport): string =>
  counts.acknowledged === 0 ? "FAILED: no vote was acknowledged" : "FAILED: see above";

const msText = (ms: number | null): string => (ms === null ? "never" : `${ms} ms`);

const spreadCells = (spread: Spread | null): readonly string[] => (spread === null ? ["-", "-"] : [`${spread.median}`, `${spread.max}`]);

function renderWrong(name: string, sentences: readonly string[]): readonly string[] {
  const shown = sentences.slice(0, WRONG_SHOWN).map((sentence) => `  ${sentence}`);
  const more = sentences.length > WRONG_SHOWN ? [`  and ${sentences.length - WRONG_SHOWN} more (--json lists all)`] : [];
  return [`${name}: ${sentences.length}`, ...shown, ...more];
}

/** Columns of the width of their longest cell; the first to the left, numbers to the right. */
function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[1]?.map((_, column) => Math.max(...rows.slice(1).map((row) => row[column]?.length ?? 0), column === 0 ? 0 : 7)) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
