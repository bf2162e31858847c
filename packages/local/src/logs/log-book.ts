import type { LogLine } from "../running-stack.js";

const LINES_KEPT = 2_000;

/** The newest lines of all parts, and those who want to hear of new ones. */
export class LogBook {
  #lines: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();

  add(from: string, stream: LogLine["stream"], text: string): void {
    const line: LogLine = { time: Date.now(), from, stream, text };
    this.#lines.push(line);
    // Trimmed in one go now and then: moving 2,000 entries for every line would cost more than keeping as many again.
    if (this.#lines.length > 2 * LINES_KEPT) this.#lines = this.#lines.slice(-LINES_KEPT);
    for (const listener of this.#listeners) listener(line);
  }

  lines(): readonly LogLine[] {
    return this.#lines.slice(-LINES_KEPT);
  }

  /** The newest lines of one part, oldest first. */
  tail(from: string, count: number): readonly LogLine[] {
    return this.#lines.filter((line) => line.from === from).slice(-count);
  }

  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
