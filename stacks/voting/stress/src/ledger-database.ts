import pg from "pg";
import { compareLevels } from "./audit-checks.js";
import { Failure } from "./failure.js";
import { checkInvariants, type Invariant } from "./invariants.js";
import type { StackClient } from "./stack-client.js";

const CONNECT_LIMIT_MS = 5_000;

/** The stack's database, to be read beside its services. */
export class LedgerDatabase {
  readonly #pool: pg.Pool;
  readonly #place: string;

  private constructor(pool: pg.Pool, place: string) {
    this.#pool = pool;
    this.#place = place;
  }

  /** @throws Failure (rejects) when it cannot be reached. */
  static async open(url: string): Promise<LedgerDatabase> {
    const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: CONNECT_LIMIT_MS });
    pool.on("error", () => undefined); // An idle connection that broke; the next question tells.
    const { hostname, port, pathname } = new URL(url);
    const database = new LedgerDatabase(pool, `${hostname}:${port || "5432"}${pathname}`);
    try {
      await database.now();
      return database;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Its clock, as text. */
  async now(): Promise<string> {
    const { rows } = await this.#ask(() => this.#pool.query<{ now: string }>("SELECT clock_timestamp()::text AS now"));
    return rows[0]?.now as string;
  }

  /** Ids of the ballots that were counted since then. */
  async countedSince(now: string): Promise<readonly string[]> {
    const { rows } = await this.#ask(() =>
      this.#pool.query<{ id: string }>("SELECT id::text FROM ballots WHERE counted_at >= $1::timestamptz", [now]),
    );
    return rows.map((row) => row.id);
  }

  /**
   * What must hold of the tables, and that they are those which the result service shows.
   *
   * @param readPersisted The ballots of the ledger as the result service tells.
   */
  async check(readPersisted: () => Promise<number>): Promise<readonly Invariant[]> {
    const least = await this.#counted();
    const shown = await readPersisted();
    const most = await this.#counted();
    const isSame: Invariant = {
      name: "the result service reads this database",
      holds: least <= shown && shown <= most,
      detail: `${shown} ballots there, ${least === most ? least : `${least} to ${most}`} at ${this.#place}`,
    };
    return [isSame, ...(await this.#ask(() => checkInvariants(this.#pool)))];
  }

  /** The levels, generations and receipts of a drained stack against these tables. */
  async compare(client: StackClient, voterKey: string | null): Promise<readonly Invariant[]> {
    return this.#ask(() => compareLevels({ client, pool: this.#pool, voterKey }));
  }

  /** What an operator has accepted: ballots that are gone, and ballots that were not to be counted. */
  async accepted(): Promise<{ readonly missing: number; readonly discarded: number }> {
    const { rows } = await this.#ask(() =>
      this.#pool.query<{ missing: string; discarded: string }>(
        "SELECT COALESCE(SUM(missing), 0) AS missing, COALESCE(SUM(discarded), 0) AS discarded FROM accepted_gaps",
      ),
    );
    return { missing: Number(rows[0]?.missing), discarded: Number(rows[0]?.discarded) };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #counted(): Promise<number> {
    const { rows } = await this.#ask(() => this.#pool.query<{ n: string }>("SELECT COALESCE(SUM(counted), 0) AS n FROM positions"));
    return Number(rows[0]?.n);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof Failure) throw error;
      const { message, code } = error as NodeJS.ErrnoException;
      const hint = code === "42P01" ? "; is this the voting stack's database?" : "";
      throw new Failure(1, `the database at ${this.#place} cannot be read: ${message || code}${hint}`);
    }
  }
}
