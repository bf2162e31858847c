import { type PollOption, readSnapshot } from "@voting/ballots";
import type { Pool } from "pg";

/** The poll's result at one moment, as `GET /api/results` and the event stream give it. */
export interface Results {
  readonly options: readonly { readonly id: string; readonly label: string; readonly votes: number }[];
  readonly total: number;
  /** When it was read from the database, ISO 8601. */
  readonly asOf: string;
}

/** Results, and what the ledger says beside them. */
export interface Reading {
  readonly results: Results;
  /** Ballots counted so far; more than the total where voters changed their vote. */
  readonly persisted: number;
}

/** Reads the tallies. Callers that come while a read is under way share the next one, so that each gets what is newer than its call. */
export class ResultReader {
  readonly #pool: Pool;
  readonly #options: readonly PollOption[];
  #current: Promise<Reading> | null = null;
  #next: Promise<Reading> | null = null;

  constructor(pool: Pool, options: readonly PollOption[]) {
    this.#pool = pool;
    this.#options = options;
  }

  read(): Promise<Reading> {
    if (this.#current === null) {
      this.#current = this.#readNow().finally(() => {
        this.#current = null;
      });
      return this.#current;
    }
    this.#next ??= this.#current
      .catch(() => undefined) // Its own caller hears of it.
      .then(() => {
        this.#next = null;
        return this.read();
      });
    return this.#next;
  }

  async #readNow(): Promise<Reading> {
    const asOf = new Date().toISOString();
    const { votes, persisted } = await readSnapshot(this.#pool);
    return { results: resultsOf(this.#options, votes, asOf), persisted };
  }
}

/** The poll's options in their order; behind them whatever else a classic writer has put into the table. */
export function resultsOf(options: readonly PollOption[], votes: ReadonlyMap<string, number>, asOf: string): Results {
  const known = new Set(options.map((option) => option.id));
  const others = [...votes.keys()].filter((id) => !known.has(id)).sort();
  const listed = [...options, ...others.map((id) => ({ id, label: id }))].map(({ id, label }) => ({
    id,
    label,
    votes: votes.get(id) ?? 0,
  }));
  return { options: listed, total: listed.reduce((sum, option) => sum + option.votes, 0), asOf };
}
