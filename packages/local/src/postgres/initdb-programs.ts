import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "@groundplan/model";
import type { PostgresBinaries } from "./binaries.js";
import type { ServerAccount } from "./server-account.js";

export interface InitdbPrograms extends PostgresBinaries {
  /** Removes what was made for them. */
  remove(): void;
}

/** Inside double quotes a shell reads these, and initdb starts the server by a shell, in double quotes. */
const READ_BY_SHELLS = /["$`\\]/;

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
