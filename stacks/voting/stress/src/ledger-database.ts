import { Keyring } from "@voting/ballots";
import { Failure, poll } from "@voting/proof";
import pg from "pg";
import { checkInvariants, type Invariant } from "./invariants.js";
import { type Levels, readLevels } from "./levels.js";
import type { StackClient } from "./stack-client.js";

const CONNECT_LIMIT_MS = 5_000;

/** What the services show lags behind what is stored by some tenths of a second. */
const SETTLE_MS = 5_000;

const RETRY_MS = 200;

const SAMPLE = 50;

interface AuditDependencies {
  readonly client: StackClient;
  readonly pool: pg.Pool;
  /** The key that receipts are sealed with; `null`: not known. */
  readonly voterKey: string | null;
}

/** The queue's side of the tables. */
interface Stored {
  readonly kind: string | null;
  /** Entries of the queue that the database has passed, or never will. */
  readonly passed: number;
  readonly votes: number;
  readonly counted: number;
}

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

/**
 * Compares each level with the one behind it: what the queue took in, what of it is passed in the database, what is counted, what is shown;
 * the generations; and what receipts say with what the tables hold. Of a stack that is drained: while votes come, all of it is in motion.
 */
async function compareLevels(dependencies: AuditDependencies): Promise<readonly Invariant[]> {
  let invariants: readonly Invariant[] = [];
  const doHold = async (): Promise<boolean> => {
    invariants = await compareOnce(dependencies);
    return invariants.every(({ holds }) => holds);
  };
  await poll(doHold, { limitMs: SETTLE_MS, everyMs: RETRY_MS });
  return invariants;
}

async function compareOnce({ client, pool, voterKey }: AuditDependencies): Promise<readonly Invariant[]> {
  const levels = await readLevels(client);
  const stored = await readStored(pool);
  return [
    accepted(levels),
    queued(levels, stored),
    visible(levels, stored),
    await generations(pool),
    ...(await rejected(pool)),
    ...(voterKey === null ? [] : [await receipts(client, pool, new Keyring(voterKey))]),
  ];
}

async function readStored(pool: pg.Pool): Promise<Stored> {
  const { rows } = await pool.query<{ kind: string | null; entries: string; passed: string; votes: string; counted: string }>(
    `SELECT (SELECT queue FROM positions ORDER BY entries IS NULL, queue LIMIT 1) AS kind,
      (SELECT COALESCE(SUM(entries), 0) FROM positions WHERE queue <> 'postgres' AND entries_at = position) AS entries,
      (SELECT COALESCE(SUM(passed + passed_from), 0) FROM positions WHERE queue = 'postgres') AS passed,
      (SELECT COUNT(*) FROM votes) AS votes, (SELECT COALESCE(SUM(counted), 0) FROM positions) AS counted`,
  );
  const row = rows[0];
  const kind = row?.kind ?? null;
  return {
    kind,
    passed: Number(kind === "postgres" ? row?.passed : row?.entries),
    votes: Number(row?.votes),
    counted: Number(row?.counted),
  };
}

function accepted({ accepted, queued }: Levels): Invariant {
  return {
    name: "the queue took in what the vote service accepted",
    holds: accepted <= queued,
    detail: `${accepted} accepted since the service started, ${queued} ever queued`,
  };
}

function queued({ queued, held }: Levels, { passed }: Stored): Invariant {
  const missing = queued - held - passed;
  const what = missing > 0 ? `: ${missing} were taken in and not passed` : missing < 0 ? `: ${-missing} more than the queue ever had` : "";
  return {
    name: "the database has passed what the queue says is counted",
    holds: missing === 0,
    detail: `${queued - held} of ${queued} in the queue, ${passed} in the database${what}`,
  };
}

function visible({ visible }: Levels, { votes }: Stored): Invariant {
  return {
    name: "the result service shows the votes of the table",
    holds: visible === votes,
    detail: `${visible} shown, ${votes} in the table`,
  };
}

async function generations(pool: pg.Pool): Promise<Invariant> {
  const { rows } = await pool.query<{ partition: number; generation: string | null; newest: string | null }>(
    `SELECT partition, generation, (SELECT id FROM generations g WHERE g.queue = p.queue ORDER BY ordinal DESC LIMIT 1) AS newest
      FROM positions p WHERE queue <> 'postgres' ORDER BY partition`,
  );
  const old = rows.filter(({ generation, newest }) => newest !== null && generation !== newest);
  return {
    name: "every position belongs to the newest generation of its queue",
    holds: old.length === 0,
    detail:
      old.length === 0
        ? `${rows.length} positions`
        : old.map(({ partition, generation }) => `partition ${partition}: ${generation}`).join("; "),
  };
}

async function rejected(pool: pg.Pool): Promise<readonly Invariant[]> {
  const { rows } = await pool.query<{ listed: string; unlisted: string; ever: string }>(
    `SELECT COUNT(*) FILTER (WHERE listed) AS listed, COUNT(*) FILTER (WHERE NOT listed) AS unlisted,
      (SELECT COALESCE(SUM(rejected), 0) FROM positions) AS ever FROM rejected`,
  );
  const { listed = "0", unlisted = "0", ever = "0" } = rows[0] ?? {};
  const kept = Number(listed) + Number(unlisted);
  const isKept: Invariant = {
    name: "what was put aside is kept",
    holds: ever === "0" || kept > 0,
    detail: `${ever} put aside, ${kept} in the table`,
  };
  const isShown: Invariant = {
    name: "what was put aside is shown where an operator looks",
    holds: unlisted === "0",
    detail:
      unlisted === "0" ? `${listed} entries` : `${unlisted} of ${Number(listed) + Number(unlisted)} are not in the list votes:rejected`,
  };
  return [isKept, isShown];
}

async function receipts(client: StackClient, pool: pg.Pool, keyring: Keyring): Promise<Invariant> {
  const { rows } = await pool.query<{ id: string; stands: boolean }>(
    `SELECT b.id::text, v.id IS NOT NULL AS stands FROM (SELECT * FROM ballots ORDER BY random() LIMIT ${SAMPLE}) b
      LEFT JOIN votes v ON v.id = b.voter AND v.ballot = b.id AND v.vote = b.vote`,
  );
  const wrong: string[] = [];
  for (const { id, stands } of rows) {
    const { status, body } = await client.fromResult(`/api/ballots/${keyring.signReceipt(id)}`);
    const state = status === 200 ? (JSON.parse(body) as { state: string }).state : `HTTP ${status}`;
    const expected = stands ? "counted" : "superseded";
    if (state !== expected) wrong.push(`ballot ${id}: "${state}", should be "${expected}"`);
  }
  return {
    name: "receipts say what the tables hold",
    holds: wrong.length === 0,
    detail: wrong.length === 0 ? `${rows.length} of a sample` : wrong.slice(0, 5).join("; "),
  };
}
