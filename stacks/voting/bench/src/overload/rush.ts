import { AskedProcess } from "../viewers/asked-process.js";
import { LatencyCounts } from "../viewers/latency-counts.js";

/** What the process of a rush is asked. */
export type RushQuestions = {
  readonly open: { readonly ask: { readonly origin: string; readonly connections: number }; readonly answer: undefined };
  readonly send: { readonly ask: { readonly perSecond: number; readonly seconds: number }; readonly answer: SentPart };
};

type Entries = readonly (readonly [number, number])[];

/** What one process found. Latencies count from the time of sending. */
export interface SentPart {
  readonly sent: number;
  /** Due, and not sent because every connection waited for an answer. */
  readonly unsent: number;
  /** Accepted in each second of the load. */
  readonly acceptedInSecond: readonly number[];
  readonly accepted: Entries;
  readonly refused: Entries;
  /** How much later than due votes were sent: what the clients, not the service, are behind. */
  readonly late: Entries;
  readonly refusedWithoutRetryAfter: number;
  /** Another status, or none. */
  readonly failed: number;
}

export interface Sent extends Omit<SentPart, "accepted" | "refused" | "late"> {
  readonly accepted: LatencyCounts;
  readonly refused: LatencyCounts;
  readonly late: LatencyCounts;
}

const OPEN_LIMIT_MS = 120_000;
const ANSWER_LIMIT_MS = 30_000;

/** Many voters on connections of their own, who vote when they are due and not when the service has time. */
export class Rush {
  readonly #processes: readonly AskedProcess<RushQuestions>[];

  constructor(processes: number) {
    this.#processes = Array.from({ length: processes }, () => new AskedProcess<RushQuestions>("../overload/rush-program.ts"));
  }

  async open(origin: string, connections: number): Promise<void> {
    const share = connections / this.#processes.length;
    await Promise.all(this.#processes.map((process) => process.ask("open", { origin, connections: share }, OPEN_LIMIT_MS)));
  }

  /** Resolves when all are answered. */
  async send(perSecond: number, seconds: number): Promise<Sent> {
    const share = perSecond / this.#processes.length;
    const limitMs = seconds * 1_000 + ANSWER_LIMIT_MS;
    const parts = await Promise.all(this.#processes.map((process) => process.ask("send", { perSecond: share, seconds }, limitMs)));
    const sum = (of: (part: SentPart) => number): number => parts.reduce((total, part) => total + of(part), 0);
    return {
      sent: sum(({ sent }) => sent),
      unsent: sum(({ unsent }) => unsent),
      acceptedInSecond: Array.from({ length: seconds }, (_, second) => sum(({ acceptedInSecond }) => acceptedInSecond[second] ?? 0)),
      accepted: LatencyCounts.of(parts.flatMap(({ accepted }) => accepted)),
      refused: LatencyCounts.of(parts.flatMap(({ refused }) => refused)),
      late: LatencyCounts.of(parts.flatMap(({ late }) => late)),
      refusedWithoutRetryAfter: sum(({ refusedWithoutRetryAfter }) => refusedWithoutRetryAfter),
      failed: sum(({ failed }) => failed),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
  }
}
