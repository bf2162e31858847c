import { formatLogLine } from "@groundplan/local";
import { type ProgressRow, renderRow, secondsOf } from "./render-row.js";
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
