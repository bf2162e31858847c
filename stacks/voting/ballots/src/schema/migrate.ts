import type { ClientBase } from "pg";
import { votesAndTallies } from "./001-votes-and-tallies.js";
import { ledger } from "./002-ledger.js";
import { queue } from "./003-queue.js";
import { rejected } from "./004-rejected.js";
import { ranksAndGenerations } from "./005-ranks-and-generations.js";
import { queueFence } from "./006-queue-fence.js";
import { voteKeys } from "./007-vote-keys.js";

interface Migration {
  readonly sql: string;
  /** The oldest version of the schema whose services work on this one as well. */
  readonly oldest: number;
}

/** In order; a migration that was released is never changed. */
const MIGRATIONS: readonly Migration[] = [
  { sql: votesAndTallies, oldest: 1 },
  { sql: ledger, oldest: 2 },
  { sql: queue, oldest: 3 },
  { sql: rejected, oldest: 3 },
  { sql: ranksAndGenerations, oldest: 3 },
  { sql: queueFence, oldest: 3 },
  { sql: voteKeys, oldest: 3 },
];

const MIGRATION_LOCK = 7304;

/**
 * Brings the database to the newest schema. Any service may call it at any time; they take turns. A newer schema is left alone where it says
 * that services of this version may work on it.
 *
 * @throws Error (rejects) with a sentence when a newer version has brought the schema where this one cannot work.
 */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    await client.query("CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now())");
    await addColumnOldest(client);
    const { rows } = await client.query<{ version: number; oldest: number | null }>(
      "SELECT version, oldest FROM schema_version ORDER BY version DESC LIMIT 1",
    );
    const found = rows[0]?.version ?? 0;
    if (found > MIGRATIONS.length) requireCompatible(found, rows[0]?.oldest ?? found);
    for (let version = found + 1; version <= MIGRATIONS.length; version++) {
      const { sql, oldest } = MIGRATIONS[version - 1] as Migration;
      await inTransaction(client, async () => {
        await client.query(sql);
        await client.query("INSERT INTO schema_version (version, oldest) VALUES ($1, $2)", [version, oldest]);
      });
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
  }
}

/** Only where it is missing: to add it takes a lock that would wait for a backup which is under way. */
async function addColumnOldest(client: ClientBase): Promise<void> {
  const { rows } = await client.query("SELECT FROM pg_attribute WHERE attrelid = 'schema_version'::regclass AND attname = 'oldest'");
  if (rows.length === 0) await client.query("ALTER TABLE schema_version ADD COLUMN oldest INT");
}

function requireCompatible(found: number, oldest: number): void {
  if (MIGRATIONS.length >= oldest) return;
  throw new Error(
    `the database has schema version ${found}, which works with services of version ${oldest} or newer; this one is of version ` +
      `${MIGRATIONS.length}: deploy the newer version again, or restore a backup from before it`,
  );
}

async function inTransaction(client: ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query("BEGIN");
  try {
    await work();
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
