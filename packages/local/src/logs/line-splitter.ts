import { StringDecoder } from "node:string_decoder";

/** Characters of a line that are kept; the rest of it is dropped. */
export const LONGEST_LINE = 16 * 1024;

/** Makes lines of a stream of bytes, however they are cut: in the middle of a line or of a character. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (text: string) => void;
  #rest = "";
  #cut = false;

  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes));
  }

  /** The stream has ended: what is left is a line too. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== "") this.#finishLine();
  }

  #take(text: string): void {
    const pieces = text.split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      this.#append(piece);
      this.#finishLine();
    }
    this.#append(last);
  }

  #append(piece: string): void {
    const room = LONGEST_LINE - this.#rest.length;
    if (piece.length > room) this.#cut = true;
    this.#rest += piece.slice(0, room);
  }

  #finishLine(): void {
    const line = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
    this.#onLine(this.#cut ? `${line}... (cut)` : line);
    this.#rest = "";
    this.#cut = false;
  }
}
