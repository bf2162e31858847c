/**
 * Whether node_modules holds what the lockfile says, whoever put it there: npm writes `node_modules/.package-lock.json` when it has
 * finished, so an installation that broke off has none.
 *
 * @param lockfile package-lock.json, parsed.
 * @param hidden node_modules/.package-lock.json, parsed; `null`: there is none.
 * @param machine `{ os, cpu }` as Node names them.
 * @param exists whether there is a package in this folder, for example "node_modules/pg".
 * @returns what is wanting: folders of packages, those that may be missing apart. npm leaves an optional package out if it cannot be
 * had, and goes on.
 */
export function wanting({ lockfile, hidden, machine, exists }) {
  const found = hidden?.packages ?? {};
  const required = [];
  const optional = [];
  for (const [folder, entry] of packagesFor(lockfile, machine)) {
    if (isSame(entry, found[folder]) && exists(folder)) continue;
    (entry.optional || entry.devOptional ? optional : required).push(folder);
  }
  return { required, optional };
}

/** Folder and entry of every package that is installed on such a machine. Which C library it has only npm finds out: those are left out. */
export function packagesFor(lockfile, { os, cpu }) {
  return Object.entries(lockfile.packages).filter(
    ([folder, entry]) => /(^|\/)node_modules\//.test(folder) && !entry.libc && fits(entry.os, os) && fits(entry.cpu, cpu),
  );
}

/** A list names what is allowed, or with "!" what is not. */
function fits(list, own) {
  if (list === undefined || list.includes("any")) return true;
  if (list.includes(`!${own}`)) return false;
  return list.includes(own) || list.every((name) => name.startsWith("!"));
}

function isSame(wanted, found) {
  if (found === undefined) return false;
  if (wanted.link) return found.link === true && found.resolved === wanted.resolved;
  return found.version === wanted.version && found.integrity === wanted.integrity;
}
