import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { type NewBallot, nowMs } from "./ballot.js";
import { openPool, requireDurablePostgres, textArray } from "./database.js";
import { FENCE_TOLERANCE, Fence, GIVE_UP_MS } from "./fence.js";
import { partitionOf } from "./partition.js";
import type { BallotQueue, QueueTotals } from "./queue.js";
import { migrate } from "./schema/migrate.js";

const MOST_SENDS = 5;
const LOOK_MS = 100;
const ENQUEUE = "SELECT enqueue_ballots($1, $2, $3, $4, $5, $6, $7, $8, $9) AS fence";
const ENQUEUE_KEYED = "SELECT fence, left_out FROM enqueue_keyed_ballots($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/** Classes of errors that say what the schema lacks: undefined function, table or column. A restore brings an older one. */
const SCHEMA_ERRORS = ["42883", "42P01", "42703"];

/** The queue in a PostgreSQL table, for a machine without Redis. Slower, with the same promises. */
export class PostgresQueue implements BallotQueue {
  readonly #pool: pg.Pool;
  readonly #fence = new Fence();
  #prepared = false;

  constructor(url: string, onError: (error: Error) => void) {
    this.#pool = openPool(url, onError);
  }

  async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    if (!this.#prepared) await this.check();
    const values = [
      ballots.map((ballot) => partitionOf(ballot.voter)),
      textArray(ballots.map((ballot) => ballot.id)),
      textArray(ballots.map((ballot) => ballot.voter)),
      textArray(ballots.map((ballot) => ballot.option)),
      ballots.map((ballot) => ballot.acceptedAtMs),
    ];
    const keys = ballots.map(({ voteKey }) => voteKey ?? null);
    for (let sends = 0; sends < MOST_SENDS; sends++) {
      const leftOut = await this.#send(values, keys);
      if (leftOut !== null) return leftOut.map((place) => ballots[place - 1] as NewBallot);
    }
    throw new Error(`PostgreSQL answers too late: a batch was sent ${MOST_SENDS} times and came behind the fence each time`);
  }

  /** The places of the ballots that were left out (from 1); `null` when it came too late. */
  async #send(values: readonly unknown[], keys: readonly (string | null)[]): Promise<readonly number[] | null> {
    const sentMs = nowMs();
    const { carried, atLeast, plus } = this.#fence.pass(sentMs);
    const pass = [carried, FENCE_TOLERANCE, atLeast, plus];
    try {
      const { rows } = await this.#pool.query<{ fence: string; left_out?: readonly number[] }>(
        keys.every((key) => key === null)
          ? { name: "enqueue-ballots", text: ENQUEUE, values: [...values, ...pass] }
          : { name: "enqueue-keyed-ballots", text: ENQUEUE_KEYED, values: [...values, ...pass, keys] },
      );
      const answer = Number(rows[0]?.fence);
      this.#fence.saw(answer < 0 ? -answer - 1 : answer, sentMs, nowMs());
      return answer < 0 ? null : (rows[0]?.left_out ?? []);
    } catch (error) {
      const { code = "" } = error as { code?: string };
      if (SCHEMA_ERRORS.includes(code)) this.#prepared = false;
      // An error of the statement's own says that nothing was done. Without an answer, it may be done as long as the fence stands.
      if (!isAnswer(error)) await this.#fenced(sentMs);
      throw error;
    }
  }

  /** Resolves when what was sent then can have no effect any more: the fence has been moved, or whoever acknowledges a vote moves it. */
  async #fenced(sentMs: number): Promise<void> {
    for (;;) {
      const askedMs = nowMs();
      const moved = await this.#moveFence().catch(() => null);
      if (moved !== null) return this.#fence.saw(moved, askedMs, nowMs());
      if (nowMs() - sentMs >= GIVE_UP_MS) return;
      await sleep(LOOK_MS);
    }
  }

  async #moveFence(): Promise<number> {
    const { rows } = await this.#pool.query<{ fence: string }>("SELECT move_fence($1) AS fence", [FENCE_TOLERANCE + 1]);
    return Number(rows[0]?.fence);
  }

  async check(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      if (!this.#prepared) await migrate(client);
      await requireDurablePostgres(client);
      this.#prepared = true;
    } finally {
      client.release();
    }
  }

  async totals(): Promise<QueueTotals> {
    if (!this.#prepared) await this.check();
    return postgresTotals(this.#pool);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** PostgreSQL's own errors have a severity; those of a connection that broke, or of the driver, have none. */
function isAnswer(error: unknown): boolean {
  const { severity, code = "" } = error as { severity?: string; code?: string };
  return severity === "ERROR" && !code.startsWith("57") && !code.startsWith("08");
}

export async function postgresTotals(pool: pg.Pool): Promise<QueueTotals> {
  const { rows } = await pool.query<{ added: string; held: string; all: string }>(
    `SELECT ballots AS added, (SELECT COUNT(*) FROM queue) AS "all",
      (SELECT COUNT(*) FROM queue q WHERE NOT EXISTS (SELECT FROM ballots b WHERE b.id = q.ballot)) AS held FROM queue_added`,
  );
  const held = Number(rows[0]?.held);
  return { added: Number(rows[0]?.added), held, retained: Number(rows[0]?.all) - held };
}
