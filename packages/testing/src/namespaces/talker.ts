import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that answers a line with a line. */
export class Talker {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #what: string;
  readonly #ended: Promise<number | null>;
  readonly #waiting: ((line: string) => void)[] = [];
  #stderr = "";

  constructor(program: string, args: readonly string[]) {
    this.#what = program;
    this.#child = spawn(program, args);
    this.#child.stderr.setEncoding("utf8").on("data", (chunk) => {
      this.#stderr += chunk;
    });
    // A program that has ended says so by its exit code.
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#waiting.shift()?.(line));
    this.#ended = once(this.#child, "close").then(([code]) => code);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async ask(line: string): Promise<string> {
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.say(line);
    return Promise.race([answer, this.#ended.then((code) => Promise.reject(this.#failure(code)))]);
  }

  /** Says that nothing more comes, and waits for its end. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    const code = await this.#ended;
    if (code !== 0) throw this.#failure(code);
  }

  #failure(code: number | null): Error {
    return new Error(`${this.#what} ended with ${code}: ${this.#stderr.trim()}`);
  }
}
