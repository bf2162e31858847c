import {
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@groundplan/model";
import { type Launch, startProgram } from "@groundplan/programs";
import { POSTGRES_MAJOR, type PostgresBinaries } from "./binaries.js";
import { initdbPrograms } from "./initdb-programs.js";
import { launchAs, type ServerAccount } from "./server-account.js";

/** The owner of a new cluster. The stack's own user is an ordinary one, as it is on a managed database. */
export const SUPERUSER = "postgres";

export interface DataFolderOptions {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | null;
  /** Of the superuser, for a new cluster. */
  readonly password: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onStarted: (pid: number) => void;
}

/**
 * Makes a cluster if the folder holds none, and checks it if it does. A new one is made beside the folder and moved there when it
 * is complete, so that an interrupted start never leaves half a cluster. Resolves to whether it made one.
 *
 * @throws UserError when the folder cannot be used, or initdb fails.
 */
export async function prepareDataFolder(options: DataFolderOptions): Promise<boolean> {
  const { folder, account } = options;
  if (!existsSync(folder) || readdirSync(folder).length === 0) {
    await initialise(options);
    return true;
  }
  const versionFile = join(folder, "PG_VERSION");
  if (statSync(folder).uid !== (account?.uid ?? process.getuid?.() ?? 0)) changeOwner(folder, account);
  const version = existsSync(versionFile) ? readFileSync(versionFile, "utf8").trim() : null;
  if (version === POSTGRES_MAJOR) return false;
  const fix = `move ${folder} away and start again with an empty database; to keep its data, dump it with that PostgreSQL's pg_dumpall first and restore it afterwards`;
  if (version === null) throw new UserError({ message: `${folder} holds something, but no PostgreSQL data (PG_VERSION is missing)`, fix });
  throw new UserError({
    message: `the data in ${folder} is of PostgreSQL ${version}; this is PostgreSQL ${POSTGRES_MAJOR}, which cannot read it`,
    fix,
  });
}

async function initialise(options: DataFolderOptions): Promise<void> {
  const { folder, binaries, account, password, env, signal } = options;
  const draft = `${folder}.new`;
  const passwordFile = `${folder}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700, recursive: true });
  try {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account !== null) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
    const args = [`--pgdata=${draft}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--encoding=UTF8"];
    const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"];
    const programs = initdbPrograms(binaries, account, dirname(folder));
    try {
      const launch = { program: programs.initdb, args: [...args, ...locale], cwd: dirname(folder), env };
      await runToEnd(launchAs(account, launch), signal, options.onStarted);
    } finally {
      programs.remove();
    }
    if (signal.aborted) return;
    renameSync(draft, folder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runToEnd(launch: Launch, signal: AbortSignal, onStarted: (pid: number) => void): Promise<void> {
  const lines: string[] = [];
  const child = await startProgram(launch, (_stream, text) => lines.push(text));
  onStarted(child.pid);
  const end = () => child.signal("SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  const { code, text } = await child.exited;
  signal.removeEventListener("abort", end);
  if (code !== 0 && !signal.aborted) {
    throw new UserError({
      message: `initdb ${text}`,
      detail: lines.slice(-10),
      fix: "put right what its last lines say, then start again",
    });
  }
}

/** The folder was made by another user: by root's stand-in, or before there was one. */
function changeOwner(folder: string, account: ServerAccount | null): void {
  if (account === null) {
    const fix = `run groundplan as the user who ran it before (root uses another user for PostgreSQL), or sudo chown -R $USER ${folder}`;
    throw new UserError({ message: `${folder} belongs to another user`, fix });
  }
  lchownSync(folder, account.uid, account.gid);
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (lstatSync(path).isDirectory()) changeOwner(path, account);
    else lchownSync(path, account.uid, account.gid);
  }
}
