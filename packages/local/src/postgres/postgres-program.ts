import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Launch } from "@groundplan/programs";
import { signalProcess } from "@groundplan/programs";
import type { Program } from "../parts/program.js";
import { endLeftover } from "../processes/end-leftover.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { processIdentity, runsIn } from "../processes/process-identity.js";
import { readPidFile } from "../processes/read-pid-file.js";
import { findPostgres } from "./binaries.js";
import { prepareDataFolder } from "./data-folder.js";
import { Database, type DatabaseAddress } from "./database.js";
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
