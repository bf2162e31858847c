import type { Pool } from "pg";
import type { Counted } from "./check-ledger.js";

/** So much later than its client left a vote may be counted: many times what the vote service waits for the queue. */
const LATE_SECONDS = 30;

/** The ledger of a running stack, read where it is. */
export class StackLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Ballots counted so far, and ballots passed over because they had been counted before. */
  async totals(): Promise<{ readonly counted: number; readonly repeated: number }> {
    const { rows } = await this.#pool.query<{ counted: string; repeated: string }>(
      "SELECT COALESCE(SUM(counted), 0) AS counted, COALESCE(SUM(repeated), 0) AS repeated FROM positions",
    );
    return { counted: Number(rows[0]?.counted), repeated: Number(rows[0]?.repeated) };
  }

  /** A moment by the database's clock, which the ballots have their times from. */
  async now(): Promise<string> {
    const { rows } = await this.#pool.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
    return rows[0]?.now as string;
  }

  /** The ballots counted since some time before a moment (some came late), and those with these ids whenever they were counted. */
  async ballots(since: string, ids: readonly string[]): Promise<readonly Counted[]> {
    const { rows } = await this.#pool.query<Counted>(
      "SELECT id, voter, vote FROM ballots WHERE counted_at > $1::timestamptz - make_interval(secs => $3) OR id = ANY($2)",
      [since, ids, LATE_SECONDS],
    );
    return rows;
  }

  /** The ids of all ballots. */
  async ids(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>("SELECT id FROM ballots");
    return rows.map(({ id }) => id);
  }
}
