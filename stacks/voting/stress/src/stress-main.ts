import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "./failure.js";
import { LedgerDatabase } from "./ledger-database.js";
import { describeLoad, MOST_UNDER_WAY, PRESETS } from "./load.js";
import { openDatabase } from "./open-database.js";
import { parseStressWords } from "./parse-stress-words.js";
import { PLACE_HELP } from "./places.js";
import type { Progress } from "./progress.js";
import { renderLine, renderLive } from "./render-live.js";
import { renderReport } from "./render-report.js";
import { renderStress } from "./render-stress.js";
import { runCommand } from "./run-command.js";
import { stress } from "./stress.js";
import { passed } from "./stress-report.js";

const presets = Object.entries(PRESETS).map(([name, { votes, parallel }]) => `${name} ${votes} ${parallel}`);

const USAGE = `npm run stress -- VOTES PARALLEL | PRESET | --rate R --for TIME   [options]

Casts votes by new voters and follows every one of them:
accepted (HTTP) = queued (the queue) = persisted (PostgreSQL) = visible (result API).
Exits 0 only when all four agree, the ledger shows each accepted ballot as counted, and nothing was invented.

  VOTES PARALLEL  so many votes, so many at a time; each client sends its next vote when the last was answered
  PRESET          a name for both: ${presets.join(", ")}
  --rate R        R votes a second, sent when they are due, whether or not the ones before were answered. At most
                  ${MOST_UNDER_WAY} requests are under way; beyond that votes are sent late, and the report says so.
  --for TIME      how long: 500ms, 60s, 2m

  --split 60/40   shares of the poll's first options
  --report FILE   write a page with pictures of it all: one HTML file that needs nothing else
  --json          one JSON object on standard output
${PLACE_HELP}

How it measures
  Latencies count from when a vote was sent; with --rate from when it was due, so that a stall shows in all that wait behind it.
  To persist, to visible: the n-th vote has arrived when the level has gained n. The ledger is looked at about every 25 ms (the
  report says how often); the result page by its event stream, as a viewer sees it, some times a second.
  The levels before the load are taken when the queue is drained. They count everybody's votes: nobody else may vote meanwhile.

Ctrl-C stops casting, follows what was cast to its end, and exits 1; once more ends at once.

Examples:
  npm run stress -- 1000 40
  npm run stress -- heavy --report stress.html
  npm run stress -- --rate 200 --for 60s --json
  npm run stress -- 5000 100 --vote http://127.0.0.1:9000 --result http://127.0.0.1:9001
`;

/** Ctrl-C under npm arrives twice, once from the terminal and once from npm: that close together it is one wish. */
const SAME_WISH_MS = 500;

const REDRAW_MS = 90;

const LINE_EVERY_MS = 2_000;

/** Shows a run while it goes on, on standard error: redrawn in place on a terminal, a line now and then elsewhere. */
class LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #isTerminal: boolean;
  #phase = "";
  #shownMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY === true;
  }

  show(progress: Progress): void {
    const isNews = progress.phase !== this.#phase;
    const now = performance.now();
    if (!isNews && now - this.#shownMs < (this.#isTerminal ? REDRAW_MS : LINE_EVERY_MS)) return;
    this.#phase = progress.phase;
    this.#shownMs = now;
    if (this.#isTerminal) this.#draw(renderLive(progress, this.#stream.columns || 80));
    else this.#stream.write(`${renderLine(progress)}\n`);
  }

  /** Prints a sentence that stays. */
  say(sentence: string): void {
    this.#draw([]);
    this.#stream.write(`${sentence}\n`);
  }

  /** Leaves the terminal as it was. */
  clear(): void {
    this.#draw([]);
  }

  #draw(lines: readonly string[]): void {
    const back = this.#lines === 0 ? "" : `\x1b[${this.#lines}A\x1b[J`;
    this.#lines = lines.length;
    const text = back + lines.map((line) => `${line}\n`).join("");
    if (text !== "") this.#stream.write(text);
  }
}

/** A file that will be written at the end of a run. */
class ReportFile {
  readonly #given: string;
  readonly #path: string;

  /**
   * Tries that it can be written, so that nobody finds out after the load.
   *
   * @throws Failure when it cannot.
   */
  constructor(given: string) {
    this.#given = given;
    // npm runs a workspace's command in the workspace's folder; what was typed starts from where it was typed.
    this.#path = resolve(process.env.npm_lifecycle_event === "stress" ? (process.env.INIT_CWD ?? ".") : ".", given);
    const isNew = !existsSync(this.#path);
    this.#orFailure(() => {
      closeSync(openSync(this.#path, "a"));
      if (isNew) rmSync(this.#path);
    });
  }

  write(text: string): void {
    this.#orFailure(() => writeFileSync(this.#path, text));
  }

  #orFailure(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new Failure(1, `the report cannot be written to ${this.#given}: ${(error as Error).message}`);
    }
  }
}

await runCommand(USAGE, async (words) => {
  const { load, places, json, report: reportPath } = parseStressWords(words);
  const file = reportPath === null ? null : new ReportFile(reportPath);
  const database = await openDatabase(places);
  const display = json ? null : new LiveDisplay(process.stderr);
  const say = (sentence: string): void => (display === null ? void process.stderr.write(`${sentence}\n`) : display.say(sentence));
  const signal = listenForInterrupt(() => say("stopping: no more votes are cast; once more ends at once"));
  try {
    const { report, traces } = await stress({ ...places, load, database, signal, onProgress: (progress) => display?.show(progress) });
    display?.clear();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderStress(report, describeLoad(load)));
    file?.write(renderReport({ report, traces, title: describeLoad(load), command: commandOf(words), places, at: new Date() }));
    return passed(report) ? 0 : 1;
  } finally {
    display?.clear();
    if (database instanceof LedgerDatabase) await database.close();
  }
});

/** What was typed, without the address of the database: it may hold a password. */
function commandOf(words: readonly string[]): string {
  return `npm run stress -- ${words.map((word) => word.replace(/postgres(ql)?:.*/, "...")).join(" ")}`;
}

/** Aborted by the first SIGINT or SIGTERM, after `onFirst`; one more ends the process at once, with exit code 1. */
function listenForInterrupt(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const listener = (): void => {
    if (firstMs === null) {
      firstMs = performance.now();
      onFirst();
      controller.abort();
    } else if (performance.now() - firstMs > SAME_WISH_MS) process.exit(1);
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return controller.signal;
}
