import { AskedProcess } from "./asked-process.js";

/** What the bare server's process is asked. */
export type BareQuestions = {
  /** Answers the port, a free one. */
  readonly listen: { readonly ask: object; readonly answer: number };
  /** `results` as `GET /api/results` gives them, so that the events are as long as the service's. */
  readonly push: { readonly ask: { readonly results: object; readonly intervalMs: number }; readonly answer: undefined };
  /** Answers the last total that was pushed. */
  readonly pause: { readonly ask: object; readonly answer: number };
};

/** Its start is among it; on a busy machine that takes long. */
const LIMIT_MS = 60_000;

/** What a bare server reaches that pushes events of the same size as often. */
export class BarePushes {
  readonly #process = new AskedProcess<BareQuestions>("bare-pushes-program.ts");
  #origin = "";

  static async start(): Promise<BarePushes> {
    const bare = new BarePushes();
    const port = await bare.#process.ask("listen", {}, LIMIT_MS);
    bare.#origin = `http://127.0.0.1:${port}`;
    return bare;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get origin(): string {
    return this.#origin;
  }

  async push(results: object, intervalMs: number): Promise<void> {
    await this.#process.ask("push", { results, intervalMs }, LIMIT_MS);
  }

  /** Returns the last total that was pushed. */
  pause(): Promise<number> {
    return this.#process.ask("pause", {}, LIMIT_MS);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
