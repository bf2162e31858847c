import { setTimeout as sleep } from "node:timers/promises";
import { Keyring } from "@voting/ballots";
import type pg from "pg";
import type { Invariant } from "./invariants.js";
import { type Levels, readLevels } from "./levels.js";
import type { StackClient } from "./stack-client.js";

/** What the services show lags behind what is stored by some tenths of a second. */
const SETTLE_MS = 5_000;
const RETRY_MS = 200;
const SAMPLE = 50;

export interface AuditParts {
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

/**
 * Compares each level with the one behind it: what the queue took in, what of it is passed in the database, what is counted, what is shown;
 * the generations; and what receipts say with what the tables hold. Of a stack that is drained: while votes come, all of it is in motion.
 */
export async function compareLevels(parts: AuditParts): Promise<readonly Invariant[]> {
  const startedMs = performance.now();
  for (;;) {
    const invariants = await compareOnce(parts);
    if (invariants.every(({ holds }) => holds) || performance.now() - startedMs > SETTLE_MS) return invariants;
    await sleep(RETRY_MS);
  }
}

async function compareOnce({ client, pool, voterKey }: AuditParts): Promise<readonly Invariant[]> {
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
