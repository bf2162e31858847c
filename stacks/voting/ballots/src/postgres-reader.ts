import type pg from "pg";
import { connectClient, endClient, openPool } from "./database.js";
import { Notice } from "./notice.js";
import { postgresTotals } from "./postgres-queue.js";
import type { QueueEntry, QueueReader, QueueTotals, RejectedEntry } from "./queue.js";

/** Reads the table that PostgresQueue writes. */
export class PostgresReader implements QueueReader {
  readonly kind = "postgres";
  readonly start = "0";
  readonly #url: string;
  readonly #pool: pg.Pool;
  #listener: Promise<pg.Client> | null = null;
  /** The queue was added to. */
  readonly #added = new Notice();
  #closed = false;

  constructor(url: string, onError: (error: Error) => void) {
    this.#url = url;
    this.#pool = openPool(url, onError);
  }

  async read(positions: ReadonlyMap<number, string>, limit: number, waitMs: number): Promise<readonly QueueEntry[]> {
    await this.#listen();
    this.#added.forget();
    const found = await this.#select(positions, limit);
    if (found.length > 0) return found;
    if (!this.#closed) await this.#added.wait(waitMs);
    return this.#select(positions, limit);
  }

  async #select(positions: ReadonlyMap<number, string>, limit: number): Promise<readonly QueueEntry[]> {
    const { rows } = await this.#pool.query<QueueRow>({
      name: "read-queue",
      text: `SELECT q.* FROM unnest($1::int[], $2::bigint[]) AS p(partition, position), LATERAL (
          SELECT partition, id, ballot, voter, vote, accepted_at FROM queue
          WHERE partition = p.partition AND id > p.position ORDER BY id LIMIT $3) AS q`,
      values: [[...positions.keys()], [...positions.values()], limit],
    });
    return rows.map((row) => ({
      partition: row.partition,
      position: row.id,
      ballot: { id: row.ballot, voter: row.voter, option: row.vote, acceptedAtMs: row.accepted_at },
    }));
  }

  async resume(_partition: number, position: string): Promise<string> {
    // The queue and the position are in one database: neither is older than the other.
    return position;
  }

  async trim(positions: ReadonlyMap<number, string>): Promise<void> {
    await this.#pool.query({
      name: "trim-queue",
      text: `DELETE FROM queue USING unnest($1::int[], $2::bigint[]) AS p(partition, position)
        WHERE queue.partition = p.partition AND queue.id <= p.position`,
      values: [[...positions.keys()], [...positions.values()]],
    });
  }

  async adoptClassic(): Promise<number> {
    return 0; // Classic clients speak Redis; without one there is no list.
  }

  async setAside({ raw, reason }: RejectedEntry): Promise<void> {
    await this.#pool.query("INSERT INTO rejected (raw, reason) VALUES ($1, $2)", [raw, reason]);
  }

  totals(): Promise<QueueTotals> {
    return postgresTotals(this.#pool);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#added.tell();
    const listener = await this.#listener?.catch(() => null);
    if (listener) await endClient(listener);
    await this.#pool.end();
  }

  #listen(): Promise<pg.Client> {
    this.#listener ??= this.#connectListener();
    return this.#listener;
  }

  async #connectListener(): Promise<pg.Client> {
    const lost = (): void => {
      this.#listener = null;
      this.#added.tell();
    };
    try {
      const client = await connectClient(this.#url, lost);
      client.on("notification", () => this.#added.tell());
      await client.query("LISTEN ballots");
      return client;
    } catch (error) {
      lost();
      throw error;
    }
  }
}

interface QueueRow {
  readonly partition: number;
  readonly id: string;
  readonly ballot: string;
  readonly voter: string;
  readonly vote: string;
  readonly accepted_at: number;
}
