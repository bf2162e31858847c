import type pg from "pg";
import { connectClient, endClient, openPool } from "./database.js";
import { Notice } from "./notice.js";
import { PARTITIONS } from "./partition.js";
import { postgresTotals } from "./postgres-queue.js";
import type { CountedUpTo, Generation, PartitionLook, Progress, QueueEntry, QueueReader, QueueTotals, Resumption } from "./queue.js";
import { rankOf } from "./rank.js";

const FORMAT = 1;

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
          SELECT partition, id, ballot, voter, vote, accepted_at, format, generation FROM queue
          WHERE partition = p.partition AND id > p.position ORDER BY id LIMIT $3) AS q`,
      values: [[...positions.keys()], [...positions.values()], limit],
    });
    return rows.map((row) => {
      const place = { partition: row.partition, position: row.id };
      if (row.format > FORMAT) return { ...place, ballot: null, raw: JSON.stringify(row), isNewer: true };
      const ballot = { id: row.ballot, voter: row.voter, option: row.vote, acceptedAtMs: row.accepted_at };
      return { ...place, ballot, origin: "vote", rank: rankOf(Number(row.generation), row.id) };
    });
  }

  /** The vote services begin its generations, in the table that says which there are. */
  async open(): Promise<readonly Generation[]> {
    return [];
  }

  rankBy(): void {
    // Each row has its generation's ordinal.
  }

  /** `last` is the first row that is not counted. */
  async look(): Promise<readonly PartitionLook[]> {
    const { rows } = await this.#pool.query<{ partition: number; last: string }>(
      "SELECT partition, MIN(id) AS last FROM queue q WHERE NOT EXISTS (SELECT FROM ballots b WHERE b.id = q.ballot) GROUP BY partition",
    );
    const firsts = new Map(rows.map((row) => [row.partition, row.last]));
    return Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, last: firsts.get(partition) ?? "", removed: 0 }));
  }

  /**
   * The queue and the position are in one database, so neither is older than the other. But rows that the ledger does not have can lie before
   * the position, when somebody has put them back.
   */
  async resume({ position }: CountedUpTo, { last: first }: PartitionLook): Promise<Resumption> {
    const isBehind = first === "" || BigInt(first) > BigInt(position);
    return { position: isBehind ? position : this.start, entries: null, generation: null, missing: 0, isOlderCopy: false };
  }

  async trim(counted: ReadonlyMap<number, Progress>): Promise<void> {
    await this.#pool.query({
      name: "trim-queue",
      text: `DELETE FROM queue USING unnest($1::int[], $2::bigint[]) AS p(partition, position)
        WHERE queue.partition = p.partition AND queue.id <= p.position AND EXISTS (SELECT FROM ballots WHERE ballots.id = queue.ballot)`,
      values: [[...counted.keys()], [...counted.values()].map(({ position }) => position)],
    });
  }

  async since(): Promise<never> {
    throw new Error("the queue is in the database itself, and was restored with it: there is nothing to discard");
  }

  isBetween(position: string, after: string, upto: string): boolean {
    return BigInt(after) < BigInt(position) && BigInt(position) <= BigInt(upto);
  }

  async adoptClassic(): Promise<number> {
    return 0; // Classic clients speak Redis; without one there is no list.
  }

  async list(): Promise<void> {
    // The table `rejected` is where an operator of this queue looks.
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
  readonly format: number;
  readonly generation: string;
}
