import type { ClientBase } from "pg";
import { votesAndTallies } from "./001-votes-and-tallies.js";
import { ledger } from "./002-ledger.js";
import { queue } from "./003-queue.js";
import { rejected } from "./004-rejected.js";
import { voteKeys } from "./005-vote-keys.js";

/** In order; a migration that was released is never changed. */
const MIGRATIONS: readonly string[] = [votesAndTallies, ledger, queue, rejected, voteKeys];

const MIGRATION_LOCK = 7304;

/** Brings the database to the newest schema. Any service may call it at any time; they take turns. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    await client.query("CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now())");
    const { rows } = await client.query<{ version: number }>("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
    for (let version = (rows[0]?.version ?? 0) + 1; version <= MIGRATIONS.length; version++) {
      await inTransaction(client, async () => {
        await client.query(MIGRATIONS[version - 1] as string);
        await client.query("INSERT INTO schema_version (version) VALUES ($1)", [version]);
      });
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
  }
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
