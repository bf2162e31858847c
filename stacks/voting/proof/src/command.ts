import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "./arguments.js";

/** Ctrl-C under npm arrives twice, once from the terminal and once from npm: that close together it is one wish. */
const SAME_WISH_MS = 500;

const REDRAW_MS = 90;

/** How a run stands: lines that a terminal shows in place, and the same as one line for a log. */
export interface Picture {
  lines(width: number): readonly string[];
  line(): string;
}

/** Runs a command and sets the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommand(usage: string, run: (words: readonly string[]) => Promise<0 | 1>): Promise<void> {
  const words = process.argv.slice(2);
  try {
    if (words.includes("--help") || words.includes("-h")) process.stdout.write(usage);
    else process.exitCode = await run(words);
  } catch (error) {
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
    process.stderr.write(isForUsers(error) ? `${error.message}\n${process.exitCode === 2 ? `\n${usage}` : ""}` : bugReport(error));
  }
}

/** A Failure, or what a user can put right of the tool that runs the stack, whose class it gives to nobody. */
function isForUsers(error: unknown): error is Error {
  return error instanceof Failure || (error instanceof Error && error.name === "UserError");
}

const bugReport = (error: unknown): string =>
  `this is a bug; please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}\n`;

/** Each SIGINT or SIGTERM takes the next step; one more than there are steps ends the process at once, with exit code 1. */
export function onInterrupt(...steps: readonly ((signal: NodeJS.Signals) => void)[]): void {
  let taken = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const listener = (signal: NodeJS.Signals): void => {
    if (performance.now() - lastMs < SAME_WISH_MS) return;
    lastMs = performance.now();
    const step = steps[taken++];
    if (step === undefined) process.exit(1);
    step(signal);
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
}

/** Shows a run while it goes on, on standard error: sentences that stay, and a picture that is redrawn in place on a terminal, elsewhere a line now and then. */
export class LiveConsole {
  readonly #stream: NodeJS.WriteStream = process.stderr;
  readonly #isTerminal = process.stderr.isTTY === true;
  readonly #lineEveryMs: number;
  #shownMs = performance.now();
  #lines = 0;

  /** @param lineEveryMs How long no line of progress follows another, where there is no terminal. */
  constructor(lineEveryMs: number) {
    this.#lineEveryMs = lineEveryMs;
  }

  /** @param isNews Shown at once; anything else only when the last picture is old enough. */
  show(picture: Picture, isNews = false): void {
    const now = performance.now();
    if (!isNews && now - this.#shownMs < (this.#isTerminal ? REDRAW_MS : this.#lineEveryMs)) return;
    this.#shownMs = now;
    if (this.#isTerminal) this.#draw(picture.lines(this.#stream.columns || 80));
    else this.#stream.write(`${picture.line()}\n`);
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
export class ReportFile {
  readonly #given: string;
  readonly #path: string;

  /**
   * Tries that it can be written, so that nobody finds out after the load.
   *
   * @param given From the folder where the command was typed.
   * @throws Failure when it cannot.
   */
  constructor(given: string) {
    this.#given = given;
    // npm runs a command in the folder of its package; what was typed starts from where it was typed.
    const isOfNpm = ["stress", "chaos"].includes(process.env.npm_lifecycle_event ?? "");
    this.#path = resolve(isOfNpm ? (process.env.INIT_CWD ?? ".") : ".", given);
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
