import { pause } from "@groundplan/local";
import type pg from "pg";
import type { RecoveryWatch } from "../faults/recovery-watch.js";

/** How exactly the time of a count is known. */
const EVERY_MS = 100;

/** Follows the ledger from beside the stack: how much is counted, and which of the ballots that a fault's recovery is measured by. */
export class LedgerWatch {
  counted = 0;
  readonly #pool: pg.Pool;
  readonly #recovery: RecoveryWatch;

  constructor(pool: pg.Pool, recovery: RecoveryWatch) {
    this.#pool = pool;
    this.#recovery = recovery;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.look().catch(() => undefined); // PostgreSQL is down: faults do that.
      await pause(EVERY_MS, stop);
    }
  }

  async look(): Promise<void> {
    const { rows } = await this.#pool.query<{ counted: string; found: string[] }>(
      "SELECT (SELECT COALESCE(SUM(counted), 0) FROM positions) AS counted, ARRAY(SELECT id::text FROM ballots WHERE id = ANY($1)) AS found",
      [this.#recovery.waiting()],
    );
    this.counted = Number(rows[0]?.counted);
    this.#recovery.counted(new Set(rows[0]?.found));
  }
}
