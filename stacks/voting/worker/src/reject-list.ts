import type { QueueReader } from "@voting/ballots";
import type pg from "pg";

const AT_ONCE = 100;

/**
 * What was put aside is in the table `rejected`, written with the batch. From there it is shown in the queue's own list, where an operator of
 * Redis looks: at least once, and as soon as the queue has room for it. Counting never waits for that.
 */
export class RejectList {
  readonly #client: pg.ClientBase;
  readonly #reader: QueueReader;
  /** Another worker may have died before it had shown all. */
  #mayHaveMore = true;

  constructor(client: pg.ClientBase, reader: QueueReader) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Something was put aside. */
  add(): void {
    this.#mayHaveMore = true;
  }

  async show(): Promise<void> {
    if (!this.#mayHaveMore) return;
    const { rows } = await this.#client.query<{ place: string; entry: string }>(
      "SELECT place, entry::text AS entry FROM rejected WHERE NOT listed ORDER BY at LIMIT $1",
      [AT_ONCE],
    );
    this.#mayHaveMore = rows.length === AT_ONCE;
    if (rows.length === 0) return;
    try {
      await this.#reader.list(rows.map(({ entry }) => entry));
    } catch (error) {
      if (!(error as Error).message.startsWith("OOM")) throw error;
      this.#mayHaveMore = true;
      return;
    }
    await this.#client.query("UPDATE rejected SET listed = TRUE WHERE place = ANY ($1)", [rows.map(({ place }) => place)]);
  }
}
