import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "@groundplan/model";
import type { Launch } from "@groundplan/programs";
import { findProgram } from "../processes/find-program.js";

/** The user that PostgreSQL runs as when groundplan runs as root, which PostgreSQL refuses to. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Path of setpriv, when the account may enter the folders only with its help. */
  readonly setpriv: string | null;
}

/**
 * `null`: run it as the present user.
 *
 * @param paths what the account must be able to reach: the binaries and the folder above the data.
 * @throws UserError when groundplan runs as root and no account can be used.
 */
export function serverAccount(paths: readonly string[]): ServerAccount | null {
  if (process.getuid?.() !== 0) return null;
  const user = unprivilegedUser(readFileSync("/etc/passwd", "utf8"));
  if (user === null) {
    throw new UserError({
      message: 'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody"',
      fix: "run groundplan as an ordinary user, or add one: useradd --system postgres",
    });
  }
  // Where root is not really root, as in some containers: it may neither become another user nor give away a file.
  const { code } = (spawnSync("/bin/true", { uid: user.uid, gid: user.gid }).error ?? {}) as NodeJS.ErrnoException;
  if (code === "EPERM" || code === "EINVAL") {
    throw new UserError({
      message: `PostgreSQL does not run as root, and root may not become the user "${user.name}" here (${code})`,
      fix: "run groundplan as an ordinary user (in a container: --user node)",
    });
  }
  const closed = paths.map((path) => closedTo(user, path)).find((path) => path !== null);
  if (closed === undefined) return { ...user, setpriv: null };
  const setpriv = findProgram("setpriv", ".");
  if (setpriv !== null) return { ...user, setpriv };
  throw new UserError({
    message: `PostgreSQL does not run as root, and the user "${user.name}" may not enter ${closed}`,
    fix: `run groundplan as an ordinary user, or move it to another folder, or chmod o+x ${closed}, or install setpriv (util-linux)`,
  });
}

/** The same launch, run as the account. */
export function launchAs(account: ServerAccount | null, launch: Launch): Launch {
  if (account === null) return launch;
  const { uid, gid, setpriv } = account;
  if (setpriv === null) return { ...launch, account: { uid, gid } };
  // The account keeps root's right to pass closed folders, and nothing else of root's. Without no_setuid_fixup that right would
  // not count where a program asks access(2) first, as PostgreSQL's do of each other.
  const privileges = ["--clear-groups", "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return { ...launch, program: setpriv, args: [`--reuid=${uid}`, `--regid=${gid}`, ...privileges, "--", launch.program, ...launch.args] };
}

/** "postgres" before "nobody", from the text of /etc/passwd. */
export function unprivilegedUser(passwd: string): { readonly name: string; readonly uid: number; readonly gid: number } | null {
  const users = passwd.split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** The outermost folder on the way to `path` (or the path itself) that the user may not enter or run; `null`: none. */
function closedTo(user: { readonly uid: number; readonly gid: number }, path: string): string | null {
  const above = dirname(path);
  const closed = above === path ? null : closedTo(user, above);
  if (closed !== null) return closed;
  const { mode, uid, gid } = statSync(path);
  const executeBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & executeBit) === 0 ? path : null;
}
