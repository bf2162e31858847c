import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { tryProgram } from "@groundplan/testing";

/** A copy of the files as they lie in the repository, since ansible-lint leaves files of its own beside them. */
const folder = mkdtempSync(join(tmpdir(), "groundplan-shipped-"));
cpSync(new URL("../../src/aws/ansible/shipped/", import.meta.url), folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

const has = async (program: string): Promise<boolean> => (await tryProgram(program, ["--version"])).code === 0;

test("yamllint has nothing to say about the files that the playbooks are made of", async (context) => {
  if (!(await has("yamllint"))) return context.skip("needs yamllint");
  const rules = "line-length: disable, comments: {min-spaces-from-content: 1}";
  const { code, stdout, stderr } = await tryProgram(
    "yamllint",
    ["--strict", "--config-data", `{extends: default, rules: {${rules}}}`, "."],
    {
      cwd: folder,
    },
  );
  assert.equal(code, 0, stdout + stderr);
});

test("ansible-lint has nothing to say about the files that the playbooks are made of", async (context) => {
  if (!(await has("ansible-lint"))) return context.skip("needs ansible-lint");
  writeFileSync(join(folder, ".ansible-lint"), 'kinds:\n  - playbook: "**/plays/*.yml"\n');
  const env = { ANSIBLE_NOCOLOR: "1", NO_COLOR: "1" };
  const { code, stdout, stderr } = await tryProgram("ansible-lint", ["--offline", "--nocolor"], { cwd: folder, env });
  assert.equal(code, 0, stdout + stderr);
});

test("Python compiles the programs that are shipped", async (context) => {
  if (!(await has("python3"))) return context.skip("needs python3");
  const { code, stderr } = await tryProgram("python3", ["-m", "compileall", "-q", "."], { cwd: folder });
  assert.equal(code, 0, stderr);
});
