import type pg from "pg";
import type { NewBallot } from "./ballot.js";
import { openPool, textArray } from "./database.js";
import { partitionOf } from "./partition.js";
import type { BallotQueue, QueueTotals } from "./queue.js";
import { migrate } from "./schema/migrate.js";

/** The queue in a PostgreSQL table, for a machine without Redis. Slower, with the same promises. */
export class PostgresQueue implements BallotQueue {
  readonly #pool: pg.Pool;
  #migrated = false;

  constructor(url: string, onError: (error: Error) => void) {
    this.#pool = openPool(url, onError);
  }

  async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    if (!this.#migrated) await this.check();
    const values = [
      ballots.map((ballot) => partitionOf(ballot.voter)),
      textArray(ballots.map((ballot) => ballot.id)),
      textArray(ballots.map((ballot) => ballot.voter)),
      textArray(ballots.map((ballot) => ballot.option)),
      ballots.map((ballot) => ballot.acceptedAtMs),
    ];
    if (ballots.every(({ voteKey }) => voteKey === undefined)) {
      await this.#pool.query({ name: "enqueue-ballots", text: "SELECT enqueue_ballots($1, $2, $3, $4, $5)", values });
      return [];
    }
    const { rows } = await this.#pool.query<{ left_out: readonly number[] }>({
      name: "enqueue-keyed-ballots",
      text: "SELECT enqueue_keyed_ballots($1, $2, $3, $4, $5, $6) AS left_out",
      values: [...values, ballots.map(({ voteKey }) => voteKey ?? null)],
    });
    return (rows[0]?.left_out ?? []).map((place) => ballots[place - 1] as NewBallot);
  }

  async check(): Promise<void> {
    if (this.#migrated) {
      await this.#pool.query("SELECT 1");
      return;
    }
    const client = await this.#pool.connect();
    try {
      await migrate(client);
      this.#migrated = true;
    } finally {
      client.release();
    }
  }

  async totals(): Promise<QueueTotals> {
    if (!this.#migrated) await this.check();
    return postgresTotals(this.#pool);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

export async function postgresTotals(pool: pg.Pool): Promise<QueueTotals> {
  const { rows } = await pool.query<{ added: string; held: string }>(
    "SELECT ballots AS added, (SELECT COUNT(*) FROM queue) AS held FROM queue_added",
  );
  return { added: Number(rows[0]?.added), held: Number(rows[0]?.held) };
}
