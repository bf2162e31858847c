import { createInterface } from "node:readline/promises";
import { formatLogLine } from "@groundplan/local";
import type { Terminal } from "./terminal.js";

/** Shows how several things get on at once: on a screen a row each that is written anew, elsewhere a line for each change. */
export interface Progress {
  /** What a thing is doing now. Its time starts with the first. */
  step(name: string, text: string): void;
  /** How it ended. A step after that starts it anew. */
  end(name: string, text: string): void;
  /** A line that stays, above the rows. */
  note(text: string): void;
  /** Leaves the rows as they are: what is shown next comes below them. */
  close(): void;
}

const REDRAW_MS = 200;
const TOOL = "groundplan";

/** @param names All that may have a row, in their order. */
export function showProgress(terminal: Terminal, names: readonly string[]): Progress {
  const rows = new Map<string, ProgressRow>();
  const width = Math.max(TOOL.length, ...names.map((name) => name.length));
  const isScreen = terminal.width() !== null;
  const line = (from: string, text: string) => formatLogLine({ time: 0, from, stream: "stdout", text }, { color: terminal.color, width });

  let drawn = 0;
  const draw = (above: readonly string[] = []) => {
    const place = { now: Date.now(), width, columns: terminal.width() ?? 80 };
    const shown = names.flatMap((name) => rows.get(name) ?? []).map((row) => renderRow(row, place));
    const start = drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`;
    if (above.length + shown.length > 0) terminal.err(start + [...above, ...shown].join("\n"));
    drawn = shown.length;
  };
  const timer = isScreen ? setInterval(() => draw(), REDRAW_MS).unref() : null;

  const change = (name: string, text: string, isEnd: boolean) => {
    const before = rows.get(name);
    if (before?.text === text && (before.endedAt !== null) === isEnd) return;
    const now = Date.now();
    const goesOn = before !== undefined && (before.endedAt === null || isEnd);
    const row = { name, text, startedAt: goesOn ? before.startedAt : now, endedAt: isEnd ? now : null };
    rows.set(name, row);
    if (isScreen) draw();
    else terminal.err(line(name, isEnd ? `${text} (${secondsOf(row, now)})` : text));
  };
  return {
    step: (name, text) => change(name, text, false),
    end: (name, text) => change(name, text, true),
    note: (text) => (isScreen ? draw([line(TOOL, text)]) : terminal.err(line(TOOL, text))),
    close() {
      if (timer !== null) clearInterval(timer);
      rows.clear();
      drawn = 0;
    },
  };
}

export interface ProgressRow {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970, as `endedAt`. */
  readonly startedAt: number;
  /** `null`: it goes on. */
  readonly endedAt: number | null;
}

export interface RowPlace {
  readonly now: number;
  /** Length of the longest name. */
  readonly width: number;
  /** Of the screen: a row that broke into two lines could not be written anew. */
  readonly columns: number;
}

/** Where the seconds stand, when the screen is wide enough. */
const TEXT_COLUMNS = 70;

/**
 * A row of the progress: name, what it does, for how long.
 *
 * @example "vote    step 3/5: COPY dist ./     1.4 s"
 */
export function renderRow(row: ProgressRow, { now, width, columns }: RowPlace): string {
  const seconds = secondsOf(row, row.endedAt ?? now).padStart(8);
  const room = Math.max(0, Math.min(width + TEXT_COLUMNS, columns - 1 - seconds.length));
  const text = `${row.name.padEnd(width)}   ${row.text}`;
  const fitting = text.length > room ? `${text.slice(0, Math.max(0, room - 3))}...` : text.padEnd(room);
  return `${fitting}${seconds}`.slice(0, Math.max(0, columns - 1));
}

/** @example "1.4 s" */
function secondsOf({ startedAt }: ProgressRow, until: number): string {
  return `${((until - startedAt) / 1_000).toFixed(1)} s`;
}

/**
 * Asks on stderr, and reads a line of stdin; `null`: there is nobody to answer.
 *
 * @throws (rejects) the signal's reason when it is aborted meanwhile.
 */
export async function askPerson(question: string, progress: Progress, signal: AbortSignal): Promise<string | null> {
  progress.close();
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const closed = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
    const answer = await Promise.race([lines.question(`${question} `, { signal }), closed]);
    return answer === null ? null : answer.trim();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}
