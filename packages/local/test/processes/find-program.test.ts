import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findProgram } from "../../src/processes/find-program.js";
import { temporaryFolder } from "../temporary-folder.js";

function program(path: string): string {
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

test("a word is looked for in the folders of PATH, the first that has it wins", () => {
  const folder = temporaryFolder();
  for (const name of ["a", "b"]) mkdirSync(join(folder, name));
  const inB = program(join(folder, "b", "tool"));
  const path = `${folder}/a:${folder}/b`;
  assert.equal(findProgram("tool", "/", path), inB);
  const inA = program(join(folder, "a", "tool"));
  assert.equal(findProgram("tool", "/", path), inA);
});

test("a path is taken from the service's folder, not looked for", () => {
  const folder = temporaryFolder();
  const tool = program(join(folder, "tool"));
  assert.equal(findProgram("./tool", folder, ""), tool);
  assert.equal(findProgram("tool", folder, ""), null);
});

test("a folder and a file that cannot be run are no programs", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "text"), "");
  assert.equal(findProgram("folder", "/", folder), null);
  assert.equal(findProgram("text", "/", folder), null);
});
