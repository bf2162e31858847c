import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { missingProgram, programPath, tryProgram } from "@groundplan/testing";

/** A copy of the files as they lie in the repository, since Python leaves files of its own beside them. ansible-lint reads what is made of them: checkers.test.ts. */
const folder = mkdtempSync(join(tmpdir(), "groundplan-shipped-"));
cpSync(new URL("../../src/aws/ansible/shipped/", import.meta.url), folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

test("yamllint has nothing to say about the files that the playbooks are made of", async (context) => {
  const lint = programPath("ansible-lint", "yamllint");
  if (lint === null) return context.skip(missingProgram("ansible-lint") ?? "");
  const rules = "line-length: disable, comments: {min-spaces-from-content: 1}";
  const { code, stdout, stderr } = await tryProgram(lint, ["--strict", "--config-data", `{extends: default, rules: {${rules}}}`, "."], {
    cwd: folder,
  });
  assert.equal(code, 0, stdout + stderr);
});

test("Python compiles the programs that are shipped", async (context) => {
  const missing = missingProgram("python3");
  if (missing !== null) return context.skip(missing);
  const { code, stderr } = await tryProgram("python3", ["-m", "compileall", "-q", "."], { cwd: folder });
  assert.equal(code, 0, stderr);
});
