import { StringDecoder } from "node:string_decoder";

/** Characters that are kept of a line of a program that may print anything: a service, a server. */
export const LONGEST_LINE = 16 * 1024;

/** Makes lines of a stream of bytes, however they are cut: in the middle of a line or of a character. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (text: string) => void;
  readonly #longest: number;
  #rest = "";
  #cut = false;

  /** @param longest Characters of a line that are kept; the rest of it is dropped. */
  constructor(onLine: (text: string) => void, longest: number) {
    this.#onLine = onLine;
    this.#longest = longest;
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
    const room = this.#longest - this.#rest.length;
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

/** What Docker's legacy builder says about itself before every build. */
const NOISE = [/^DEPRECATED: The legacy builder/, /^\s+Install the buildx component/, /^\s+https:\/\/docs\.docker\.com\/go\/buildx/];

/** The last lines of what a program printed that say something, without colours. */
export function lastLines(text: string, count: number): readonly string[] {
  return text
    .split("\n")
    .map(plain)
    .filter((line) => line.trim() !== "" && !NOISE.some((pattern) => pattern.test(line)))
    .slice(-count);
}

/** A line without the colours and cursor movements that a program printed. */
export function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trimEnd();
}
