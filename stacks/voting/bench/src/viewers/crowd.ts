import { AskedProcess } from "./asked-process.js";
import { LatencyCounts } from "./latency-counts.js";
import type { Push } from "./read-pushes.js";

/** What the crowd's process is asked. */
export type CrowdQuestions = {
  readonly open: { readonly ask: { readonly origin: string; readonly viewers: number }; readonly answer: undefined };
  readonly record: { readonly ask: object; readonly answer: undefined };
  readonly finish: {
    readonly ask: { readonly total: number };
    readonly answer: {
      readonly lost: number;
      readonly pushes: readonly (Push & { readonly latencies: readonly (readonly [number, number])[] })[];
    };
  };
  readonly close: { readonly ask: object; readonly answer: undefined };
};

/** A push, and how long after it was published each viewer had the whole of it. */
export interface SeenPush extends Push {
  readonly latencies: LatencyCounts;
}

const OPEN_LIMIT_MS = 60_000;
const SEEN_LIMIT_MS = 60_000;

/** Many viewers of an event stream, in a process of their own. */
export class Crowd {
  readonly #process = new AskedProcess<CrowdQuestions>("crowd-program.ts");

  get pid(): number {
    return this.#process.pid;
  }

  /** Resolves when each viewer has the head of its answer. */
  async open(origin: string, viewers: number): Promise<void> {
    await this.#process.ask("open", { origin, viewers }, OPEN_LIMIT_MS);
  }

  /** What is published from now on is recorded. */
  async record(): Promise<void> {
    await this.#process.ask("record", {}, SEEN_LIMIT_MS);
  }

  /** Resolves when every viewer has seen at least that total: with the pushes since `record`, oldest first, and the viewers lost since. */
  async finish(total: number, limitMs = SEEN_LIMIT_MS): Promise<{ readonly pushes: readonly SeenPush[]; readonly lost: number }> {
    const { pushes, lost } = await this.#process.ask("finish", { total }, limitMs);
    const seen = pushes.map((push) => ({ ...push, latencies: LatencyCounts.of(push.latencies) }));
    return { lost, pushes: seen.sort((a, b) => a.publishedAtMs - b.publishedAtMs) };
  }

  /** Ends the viewers; others can be opened then. */
  async close(): Promise<void> {
    await this.#process.ask("close", {}, SEEN_LIMIT_MS);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
