import { findDatabase } from "./find-database.js";
import { LedgerDatabase } from "./ledger-database.js";
import type { Places } from "./places.js";

/** What stays unchecked without the database. */
const UNCHECKED = "the tables (tallies, ledger, standing votes)";

/**
 * The stack's database, open; or what cannot be checked without it, and how to give it.
 *
 * @throws Failure (rejects) when there is an address and nothing can be read there.
 */
export async function openDatabase({ db, result }: Places): Promise<LedgerDatabase | { readonly unknown: string }> {
  const found = await findDatabase({ db, env: process.env, resultUrl: result });
  if (found.url !== null) return LedgerDatabase.open(found.url);
  return { unknown: `${UNCHECKED}, since their database is not known: ${found.reason}. Give it with --db URL or the variable DB_URL` };
}
