import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { UserError } from "@groundplan/model";
import { ensureSecrets } from "../src/secrets.js";
import { temporaryFolder } from "./temporary-folder.js";

test("secrets are made up URL-safe, different from each other, and readable by their owner only", () => {
  const folder = temporaryFolder();
  const secrets = ensureSecrets(folder, ["db-password", "voter-key"]);
  assert.deepEqual(Object.keys(secrets), ["db-password", "voter-key"]);
  for (const value of Object.values(secrets)) assert.match(value, /^[A-Za-z0-9_-]{32}$/);
  assert.notEqual(secrets["db-password"], secrets["voter-key"]);
  assert.equal(statSync(join(folder, "secrets.json")).mode & 0o777, 0o600);
});

test("secrets stay the same in later runs, new names are added, and names no longer asked for are kept", () => {
  const folder = temporaryFolder();
  const first = ensureSecrets(folder, ["a", "b"]);
  const second = ensureSecrets(folder, ["b", "c"]);
  assert.equal(second.a, first.a);
  assert.equal(second.b, first.b);
  assert.deepEqual(ensureSecrets(folder, ["a", "b", "c"]), second);
});

test("a secrets file that others could read is closed to them", () => {
  const folder = temporaryFolder();
  ensureSecrets(folder, ["a"]);
  chmodSync(join(folder, "secrets.json"), 0o644);
  ensureSecrets(folder, ["a"]);
  assert.equal(statSync(join(folder, "secrets.json")).mode & 0o777, 0o600);
});

for (const damaged of ["", "{", "[]", "null", '{"a": 1}', '{"a": ""}']) {
  test(`a damaged secrets file (${damaged || "empty"}) is an error, and stays as it is`, () => {
    const folder = temporaryFolder();
    const path = join(folder, "secrets.json");
    writeFileSync(path, damaged);
    assert.throws(
      () => ensureSecrets(folder, ["a"]),
      (error: unknown) =>
        error instanceof UserError && error.message.startsWith(`${path} is damaged: it isn't a JSON object of texts\n  fix: restore it`),
    );
    assert.equal(readFileSync(path, "utf8"), damaged);
  });
}
