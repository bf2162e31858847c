import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SecretFile } from "@groundplan/targets";
import { describeSecretFile, envNames, envValue, mergeEnv, secretDifferences, writeSecretFiles } from "../src/secret-files/secret-files.js";
import { folderWith } from "./helpers.js";

const text = (value: string) => ({ kind: "text", text: value }) as const;
const secret = (name: string) => ({ kind: "secret", name }) as const;

const ENV: SecretFile = {
  path: ".env",
  form: "env",
  parts: [
    text("PROJECT=tiny\n# of the database\nDB_PASSWORD="),
    secret("db-password"),
    text("\nDB_AGAIN="),
    secret("db-password"),
    text("\n"),
  ],
};
const URL_FILE: SecretFile = {
  path: "secrets/db-url",
  form: "value",
  parts: [text("postgres://me:"), secret("db-password"), text("@db/db")],
};

test("names and values of an env file are read as Compose reads them", () => {
  const file = "# A=comment\n A = one\nexport B='two words'\nC=\nnot a line\nA=last=one\n";
  assert.deepEqual(envNames(file), ["A", "B", "C", "A"]);
  assert.deepEqual(
    ["A", "B", "C", "D"].map((name) => envValue(file, name)),
    ["last=one", "two words", "", null],
  );
});

test("lines of an env file are kept, missing ones are added with their comment", () => {
  const wanted = "A=1\n# second\nB=2\n\n# third\nC=3\n";
  assert.equal(mergeEnv("A=mine\n", wanted), "A=mine\n# second\nB=2\n# third\nC=3\n");
  assert.equal(mergeEnv("# mine\nC=x\nB=\nA=y", wanted), "# mine\nC=x\nB=\nA=y");
  assert.equal(mergeEnv("C=x\nA=y", wanted), "C=x\nA=y\n# second\nB=2\n");
  assert.equal(mergeEnv("", wanted), "A=1\n# second\nB=2\n# third\nC=3\n");
  assert.equal(mergeEnv("#A=1\n", "A=1\n"), "#A=1\nA=1\n");
});

test("files with secrets hold the values of the state folder, and only their owner reads them", () => {
  const folder = folderWith({});
  const state = join(folder, ".groundplan/tiny");
  const written = writeSecretFiles(join(folder, "one"), [ENV, URL_FILE], state);
  assert.deepEqual(written, [
    { path: ".env", secrets: 1, change: "wrote" },
    { path: "secrets/db-url", secrets: 1, change: "wrote" },
  ]);
  const { "db-password": password } = JSON.parse(readFileSync(join(state, "secrets.json"), "utf8"));
  assert.ok(password.length > 20);
  const env = readFileSync(join(folder, "one/.env"), "utf8");
  assert.equal(env, `PROJECT=tiny\n# of the database\nDB_PASSWORD=${password}\nDB_AGAIN=${password}\n`);
  assert.equal(readFileSync(join(folder, "one/secrets/db-url"), "utf8"), `postgres://me:${password}@db/db`);
  for (const path of ["one/.env", "one/secrets/db-url"]) assert.equal(statSync(join(folder, path)).mode & 0o777, 0o600, path);

  writeSecretFiles(join(folder, "two"), [ENV], state);
  assert.equal(readFileSync(join(folder, "two/.env"), "utf8"), env);
});

test("what a file with secrets holds already stays, and is closed to others", () => {
  const folder = folderWith({ ".env": "DB_PASSWORD=mine\nVOTE_PORT=9000\n", "secrets/db-url": "postgres://elsewhere" });
  chmodSync(join(folder, ".env"), 0o644);
  const written = writeSecretFiles(folder, [ENV, URL_FILE], join(folder, "state"));
  assert.deepEqual(
    written.map(({ change }) => change),
    ["completed", "kept"],
  );
  const env = readFileSync(join(folder, ".env"), "utf8");
  assert.match(env, /^DB_PASSWORD=mine\nVOTE_PORT=9000\nPROJECT=tiny\nDB_AGAIN=\S+\n$/);
  assert.equal(readFileSync(join(folder, "secrets/db-url"), "utf8"), "postgres://elsewhere");
  assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
  chmodSync(join(folder, ".env"), 0o644);
  assert.deepEqual(
    writeSecretFiles(folder, [ENV], join(folder, "state")).map(({ change }) => change),
    ["kept"],
  );
  assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
});

test("what is missing of files with secrets is named, and no value is", () => {
  const folder = folderWith({});
  assert.deepEqual(secretDifferences(folder, [ENV, URL_FILE]), [".env is missing", "secrets/db-url is missing"]);
  writeFileSync(join(folder, ".env"), "PROJECT=tiny\n");
  assert.deepEqual(secretDifferences(folder, [ENV]), [".env lacks DB_PASSWORD, DB_AGAIN"]);
  writeSecretFiles(folder, [ENV, URL_FILE], join(folder, "state"));
  assert.deepEqual(secretDifferences(folder, [ENV, URL_FILE]), []);
});

test("a file with secrets is told with their number, never with their values", () => {
  assert.equal(
    describeSecretFile({ path: ".env", secrets: 2, change: "wrote" }, "out/compose"),
    "wrote out/compose/.env (2 secrets, kept out of git)",
  );
  assert.equal(describeSecretFile({ path: "a", secrets: 1, change: "kept" }, "."), "kept a (1 secret, kept out of git)");
  assert.equal(describeSecretFile({ path: "a", secrets: 0, change: "wrote" }, "."), "wrote a (kept out of git)");
});
