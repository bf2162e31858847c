import type { Progress } from "./progress.js";
import { renderLine, renderLive } from "./render-live.js";

const REDRAW_MS = 90;
const LINE_EVERY_MS = 2_000;

/** Shows a run while it goes on, on standard error: redrawn in place on a terminal, a line now and then elsewhere. */
export class LiveDisplay {
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
