import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@groundplan/model";
import { type Launch, signalProcess } from "@groundplan/programs";
import pg from "pg";
import type { Program } from "../parts/program.js";
import { pause } from "../pause.js";
import { endLeftover } from "../processes/end-leftover.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { processIdentity, runsIn } from "../processes/process-identity.js";
import { readPidFile } from "../processes/read-pid-file.js";
import { findPostgres } from "./binaries.js";
import { prepareDataFolder, SUPERUSER } from "./data-folder.js";
import { launchAs, serverAccount } from "./server-account.js";

export interface PostgresOptions {
  readonly dataFolder: string;
  readonly address: DatabaseAddress;
  readonly onNote: (text: string) => void;
  /** Called with initdb's pid: it must not outlive a killed groundplan either. */
  readonly onInitdb: (pid: number) => void;
}

/** Given on the command line, so that a new version of groundplan changes them for old data too. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // No socket file: nothing needs it, and its folder would have to be safe from other users.
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  // A committed transaction survives kill -9 and a power cut.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "128MB",
  // A load would otherwise make a checkpoint every few seconds, and each doubles the writing for a while.
  max_wal_size: "1GB",
  logging_collector: "off",
  log_line_prefix: "",
  timezone: "UTC",
  log_timezone: "UTC",
};

interface DatabaseAddress {
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
class Database {
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

/** The real PostgreSQL server, from its npm package, with its data in a folder of the stack's. */
export class PostgresProgram implements Program {
  /** "Fast shutdown": ends connections and leaves clean data. SIGTERM would wait for every client to leave by itself. */
  readonly stopSignal = "SIGINT";
  /** After a crash it replays its log first. */
  readonly mayStartSlowly = true;
  readonly #options: PostgresOptions;
  readonly #database: Database;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#database = new Database(options.address);
  }

  async prepare(signal: AbortSignal): Promise<Launch> {
    const { dataFolder, address, onNote, onInitdb } = this.#options;
    const above = dirname(dataFolder);
    mkdirSync(above, { recursive: true });
    const binaries = findPostgres();
    const account = serverAccount([binaries.initdb, binaries.postgres, above]);
    const env = { ...inheritedEnv(), LC_ALL: "C", TZ: "UTC" };
    await endOrphan(dataFolder, onNote);
    const isNew = await prepareDataFolder({
      folder: dataFolder,
      binaries,
      account,
      password: address.password,
      env,
      signal,
      onStarted: onInitdb,
    });
    if (isNew) this.#database.expectMissing();
    const settings = Object.entries({ ...SETTINGS, port: String(address.port) }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return launchAs(account, { program: binaries.postgres, args: ["-D", dataFolder, ...settings], cwd: above, env });
  }

  async check(signal: AbortSignal): Promise<string | null> {
    // A server that hangs may take its time over a connection; who stops it does not wait for that.
    let stop = (): void => undefined;
    const stopped = new Promise<string>((resolve) => {
      stop = () => resolve("not asked any more");
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([this.#database.check(), stopped]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  disconnect(): Promise<void> {
    return this.#database.close();
  }
}

/** Deals with the pid file of a server that was not ended cleanly. PostgreSQL itself sees through most of them. */
async function endOrphan(dataFolder: string, onNote: (text: string) => void): Promise<void> {
  const pidFile = join(dataFolder, "postmaster.pid");
  const pid = readPidFile(pidFile);
  if (pid === null || processIdentity(pid) === null) return;
  if (runsIn(pid, "postgres", dataFolder)) {
    onNote(`a PostgreSQL server of an earlier run (pid ${pid}) still runs on ${dataFolder}: ending it`);
    await endLeftover(pid, "SIGINT", signalProcess);
    return;
  }
  // The number belongs to another program by now. PostgreSQL would take it for a server of this folder and refuse to start.
  rmSync(pidFile);
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
