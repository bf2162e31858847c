import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "@groundplan/model";
import { type Launch, startProgram } from "@groundplan/programs";
import { POSTGRES_MAJOR, type PostgresBinaries } from "./binaries.js";
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

interface InitdbPrograms extends PostgresBinaries {
  /** Removes what was made for them. */
  remove(): void;
}

/** Inside double quotes a shell reads these, and initdb starts the server by a shell, in double quotes. */
const READ_BY_SHELLS = /["$`\\]/;

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
      fix: "fix what its last lines say, then start again",
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

/**
 * The programs that make a cluster: the given ones, or copies where initdb would not work with those, because of the folder that they
 * are in or the user that runs them. The server itself works everywhere.
 *
 * @param folder where copies may be; if its path is one of those, they are in the folder for temporary files.
 * @throws UserError when they cannot be made.
 */
export function initdbPrograms(binaries: PostgresBinaries, account: ServerAccount | null, folder: string): InitdbPrograms {
  const isNameless = account === null && userIsNameless();
  if (process.platform === "win32" || (!isNameless && !READ_BY_SHELLS.test(binaries.initdb))) return { ...binaries, remove: () => {} };
  const above = READ_BY_SHELLS.test(folder) ? tmpdir() : folder;
  const copies = mkdtempSync(join(above, "initdb-"));
  const remove = () => rmSync(copies, { recursive: true, force: true, maxRetries: 5 });
  try {
    chmodSync(copies, 0o755);
    return { ...copyPrograms(binaries, copies, isNameless ? withoutOwnName : (program) => program), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function copyPrograms({ initdb, postgres }: PostgresBinaries, to: string, change: (program: Buffer) => Buffer): PostgresBinaries {
  mkdirSync(join(to, "bin"));
  // They find their libraries and their text files from where they are.
  for (const name of ["lib", "share"]) symlinkSync(join(dirname(dirname(initdb)), name), join(to, name));
  const copy = (program: string): string => {
    const path = join(to, "bin", basename(program));
    writeFileSync(path, change(readFileSync(program)), { mode: 0o755 });
    return path;
  };
  return { initdb: copy(initdb), postgres: copy(postgres) };
}

/** Whether the present user has a number only, as in containers that are told to run as one that their /etc/passwd does not have. */
function userIsNameless(): boolean {
  if (process.platform !== "linux") return false;
  try {
    userInfo();
    return false;
  } catch {
    return true;
  }
}

/**
 * initdb and the server in its single-user mode ask the system what their user is called, and give up where there is no answer,
 * although nothing depends on it: the superuser's name is given. In the copy the function that they import for that is another one of
 * the C library, which gives the first entry of /etc/passwd; it has a name as long, the same type of result, and needs no argument.
 *
 * @throws UserError when the program imports no such function.
 */
export function withoutOwnName(program: Buffer): Buffer {
  const imported = Buffer.from("\0getpwuid\0");
  const copy = Buffer.from(program);
  let at = copy.indexOf(imported);
  if (at < 0) {
    const uid = process.getuid?.();
    throw new UserError({
      message: `PostgreSQL's initdb asks for the name of its user, and the user ${uid} has none on this machine`,
      fix: `run groundplan as a user that has one (in a container: --user node), or add a line for it to /etc/passwd as root: app:x:${uid}:0::/tmp:/bin/sh`,
    });
  }
  for (; at >= 0; at = copy.indexOf(imported, at + 1)) copy.write("getpwent", at + 1, "latin1");
  return copy;
}
