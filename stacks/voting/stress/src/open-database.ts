import { fileURLToPath } from "node:url";
import { runningEnv } from "groundplan/plan";
import { LedgerDatabase } from "./ledger-database.js";
import type { Places } from "./places.js";

const STACK_FOLDER = fileURLToPath(new URL("../..", import.meta.url));
const HERE = ["127.0.0.1", "localhost", "[::1]"];

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

/** The address of the stack's database and who gave it; or why there is none. */
export type FoundDatabase =
  | { readonly url: string; readonly givenBy: "--db" | "DB_URL" | "npm start"; readonly reason: null }
  | { readonly url: null; readonly reason: string };

export interface DatabaseWishes {
  /** Of --db. */
  readonly db: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the result service that is asked: only the database of the same stack will do. */
  readonly resultUrl: string;
}

/** The database behind the result service: as it was given, else the one of the stack that `npm start` runs on this machine. */
export async function findDatabase({ db, env, resultUrl }: DatabaseWishes): Promise<FoundDatabase> {
  if (db !== undefined) return { url: db, givenBy: "--db", reason: null };
  if (env.DB_URL) return { url: env.DB_URL, givenBy: "DB_URL", reason: null };
  let result: Readonly<Record<string, string>>;
  try {
    result = await runningEnv(STACK_FOLDER, "result");
  } catch (error) {
    return { url: null, reason: (error as Error).message.split("\n")[0] as string };
  }
  const { hostname, port } = new URL(resultUrl);
  const isSame = HERE.includes(hostname) && port === result.PORT;
  if (isSame && result.DB_URL !== undefined) return { url: result.DB_URL, givenBy: "npm start", reason: null };
  return { url: null, reason: `${resultUrl} is not the stack that npm start runs here (http://127.0.0.1:${result.PORT})` };
}

/** The key that receipts are sealed with: the variable VOTER_KEY, else that of the stack that `npm start` runs; `null` when neither is known. */
export async function findVoterKey({ result: resultUrl }: { readonly result: string }): Promise<string | null> {
  if (process.env.VOTER_KEY) return process.env.VOTER_KEY;
  try {
    const result = await runningEnv(STACK_FOLDER, "result");
    const { hostname, port } = new URL(resultUrl);
    return HERE.includes(hostname) && port === result.PORT ? (result.VOTER_KEY ?? null) : null;
  } catch {
    return null;
  }
}
