import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const IMPORT_ALL = fileURLToPath(new URL("../test-runner/import-all.mjs", import.meta.url));

test("of files that share a process no test begins before all are read, however long that takes", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-import-all-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const files = {
    "a.mjs": `import { test } from "node:test";\ntest("of a", () => {});\nawait new Promise((done) => setTimeout(done, 300));\n`,
    "b.mjs": `import { test } from "node:test";\ntest("of b", () => console.log("b has " + below));\nconst below = "all of it";\n`,
  };
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ["--test-reporter=tap", IMPORT_ALL, ...paths], { encoding: "utf8", env });
  assert.match(stdout, /b has all of it/);
  assert.equal(status, 0, stdout);
});
