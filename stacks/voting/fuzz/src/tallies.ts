import type { Exchange } from "./exchange.js";
import type { Answer } from "./response-reader.js";

/** What became of one class of input. */
export interface ClassTally {
  readonly name: string;
  readonly connections: number;
  readonly requests: number;
  /** Status -> how often. */
  readonly answers: Readonly<Record<string, number>>;
  /** Ballots acknowledged. */
  readonly votes: number;
  /** Expected answers that did not come, mostly because the client left. */
  readonly unanswered: number;
  readonly findings: number;
}

interface Mutable {
  connections: number;
  requests: number;
  readonly answers: Record<string, number>;
  votes: number;
  unanswered: number;
  findings: number;
}

/** Counts by class, over the whole run. */
export class Tallies {
  readonly #classes = new Map<string, Mutable>();
  #requests = 0;

  get requests(): number {
    return this.#requests;
  }

  add(exchange: Exchange, answers: readonly Answer[], votes: number): void {
    const tally = this.#of(exchange.name);
    const requests = Math.max(exchange.requests, answers.length);
    this.#requests += requests;
    tally.connections++;
    tally.requests += requests;
    tally.votes += votes;
    tally.unanswered += Math.max(0, requests - answers.length);
    for (const { status } of answers) tally.answers[status] = (tally.answers[status] ?? 0) + 1;
  }

  addFinding(name: string): void {
    this.#of(name).findings++;
  }

  list(): ClassTally[] {
    return [...this.#classes].map(([name, tally]) => ({ name, ...tally })).sort((a, b) => a.name.localeCompare(b.name, "en"));
  }

  #of(name: string): Mutable {
    let tally = this.#classes.get(name);
    if (tally === undefined) {
      tally = { connections: 0, requests: 0, answers: {}, votes: 0, unanswered: 0, findings: 0 };
      this.#classes.set(name, tally);
    }
    return tally;
  }
}
