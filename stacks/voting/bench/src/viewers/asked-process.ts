import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of the bench in a process of its own. It answers one question at a time. */
export class AskedProcess<Questions extends Record<string, { readonly ask: object; readonly answer: unknown }>> {
  readonly #name: string;
  readonly #process: ChildProcess;

  /** @param program A file beside this one. */
  constructor(program: string) {
    this.#name = program;
    this.#process = fork(fileURLToPath(new URL(program, import.meta.url)), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Rejects when the process ends, or has no answer within `limitMs`. */
  async ask<Q extends keyof Questions & string>(
    question: Q,
    details: Questions[Q]["ask"],
    limitMs: number,
  ): Promise<Questions[Q]["answer"]> {
    if (this.#hasEnded) throw new Error(`${this.#name} has ended; it cannot ${question}`);
    const limit = AbortSignal.timeout(limitMs);
    const asked = new AbortController();
    const signal = AbortSignal.any([limit, asked.signal]);
    try {
      const answer = once(this.#process, "message", { signal });
      const end = once(this.#process, "exit", { signal }).then(([code, by]) => {
        throw new Error(`${this.#name} ended (${code ?? by}) while it was asked to ${question}`);
      });
      this.#process.send({ question, details });
      const [message] = (await Promise.race([answer, end])) as [{ answer: Questions[Q]["answer"] }];
      return message.answer;
    } catch (error) {
      throw limit.aborted ? new Error(`${this.#name} did not ${question} within ${limitMs} ms`) : error;
    } finally {
      asked.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

/** The other side: what the program answers to each question. It ends with the process that started it. */
export function answerQuestions(answers: Readonly<Record<string, (details: never) => unknown>>): void {
  process.on("message", async ({ question, details }: { question: string; details: never }) => {
    process.send?.({ answer: await answers[question]?.(details) });
  });
  process.on("disconnect", () => process.exit());
}
