import { UserError } from "@groundplan/model";
import pg from "pg";
import { pause } from "../pause.js";
import { SUPERUSER } from "./data-folder.js";

export interface DatabaseAddress {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

const PATIENCE_MS = 2_000;
/** On a busy machine a server needs some seconds until it has let a client in; one that gives up sooner begins anew each time, and never gets in. */
const CONNECT_PATIENCE_MS = 10_000;
/** Making a database copies a template's files. */
const CREATE_PATIENCE_MS = 60_000;
const GOODBYE_MS = 200;
/** SQLSTATEs that say: the user or the database is not there yet. A missing user looks like a wrong password. */
const WRONG_PASSWORD = "28P01";
const NO_DATABASE = "3D000";

/** The stack's database, as its user sees it. Keeps one connection for its health checks. */
export class Database {
  readonly #address: DatabaseAddress;
  #client: pg.Client | null = null;
  #isMissing = false;

  constructor(address: DatabaseAddress) {
    this.#address = address;
  }

  /** The server is new, so there is no need to ask in vain (which its log would call FATAL) before making the database. */
  expectMissing(): void {
    this.#isMissing = true;
  }

  /**
   * Why its user cannot ask it anything; `null` when `SELECT 1` was answered. Creates the user and the database where missing.
   *
   * @throws UserError when the password is another than that of the data.
   */
  async check(): Promise<string | null> {
    try {
      if (this.#isMissing) await this.#create();
      this.#client ??= await this.#connect();
      await this.#client.query("SELECT 1");
      return null;
    } catch (error) {
      void this.close();
      if (error instanceof UserError) throw error;
      const code = codeOf(error);
      if (code === WRONG_PASSWORD || code === NO_DATABASE) this.#isMissing = true;
      if (code === "ECONNREFUSED") return `it does not listen on port ${this.#address.port} yet`;
      return error instanceof Error ? error.message : String(error);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    // The server may be gone or hang: there is nobody to say goodbye to then, and nothing to do about it.
    await Promise.race([client.end().catch(() => {}), pause(GOODBYE_MS)]);
  }

  async #connect(): Promise<pg.Client> {
    const client = clientFor(this.#address, PATIENCE_MS, CONNECT_PATIENCE_MS);
    client.on("error", () => {
      if (this.#client === client) void this.close();
    });
    await client.connect();
    return client;
  }

  async #create(): Promise<void> {
    const { database, user, password } = this.#address;
    const client = clientFor({ ...this.#address, database: "postgres", user: SUPERUSER }, CREATE_PATIENCE_MS);
    client.on("error", () => {});
    try {
      await client.connect();
      const name = pg.escapeIdentifier(user);
      const users = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [user]);
      const verb = users.rowCount === 0 ? "CREATE" : "ALTER";
      await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
      const databases = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
      if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${name}`);
      this.#isMissing = false;
    } catch (error) {
      throw codeOf(error) === WRONG_PASSWORD ? otherPassword(error) : error;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function clientFor({ port, database, user, password }: DatabaseAddress, patienceMs: number, connectMs = patienceMs): pg.Client {
  const limits = { connectionTimeoutMillis: connectMs, query_timeout: patienceMs };
  const settings = { host: "127.0.0.1", port, database, user, password, application_name: "groundplan", ...limits };
  return withoutShellSettings(() => new pg.Client(settings));
}

/** What it is not told, pg takes from PG* variables as it is made: those of the user's shell are about another database. */
function withoutShellSettings<T>(make: () => T): T {
  const theirs = Object.entries(process.env).filter(([name]) => name.startsWith("PG"));
  for (const [name] of theirs) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of theirs) process.env[name] = value;
  }
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

function otherPassword(cause: unknown): UserError {
  return new UserError(
    {
      message: "PostgreSQL refuses the password of secrets.json: its data was made with another one",
      fix: "restore secrets.json as it was when the data was made, or remove the folder of both to start with an empty database",
    },
    { cause },
  );
}
