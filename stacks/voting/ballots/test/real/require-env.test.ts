import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { requireEnv } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "require-env-"));
after(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string): string => {
  const path = join(folder, `${text.length}-letters`);
  writeFileSync(path, text);
  return path;
};

test("a variable comes as it is, whatever a file says", () => {
  assert.equal(requireEnv("KEY", { KEY: "direct\n", KEY_FILE: fileWith("from the file") }), "direct\n");
});

test("where it is not set, the file in NAME_FILE holds it, with or without one line break at its end", () => {
  assert.equal(requireEnv("KEY", { KEY_FILE: fileWith("secret") }), "secret");
  assert.equal(requireEnv("KEY", { KEY: "", KEY_FILE: fileWith("secret\n") }), "secret");
  assert.equal(requireEnv("KEY", { KEY_FILE: fileWith("secret\r\n") }), "secret");
  assert.equal(requireEnv("KEY", { KEY_FILE: fileWith(" two lines\n\n") }), " two lines\n");
});

test("what is missing, unreadable or empty is told in a sentence that holds no value", () => {
  assert.throws(() => requireEnv("KEY", {}), { message: "KEY is not set, and neither is KEY_FILE, the path of a file that holds it" });
  assert.throws(() => requireEnv("KEY", { KEY_FILE: join(folder, "none") }), /^Error: KEY_FILE leads to no file that can be read: ENOENT/);
  assert.throws(() => requireEnv("KEY", { KEY_FILE: fileWith("\n") }), /^Error: the file in KEY_FILE is empty: /);
});
