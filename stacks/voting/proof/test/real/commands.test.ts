import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Outcome, tryProgram } from "@groundplan/testing";

const NODE_OPTIONS = ["--conditions=source", "--import", import.meta.resolve("tsx")];
/** Those of stress/ have a test of their own. */
const COMMANDS = ["chaos/src/chaos", "fuzz/src/fuzz", "bench/src/bench"];

function run(command: string, ...words: string[]): Promise<Outcome> {
  const main = fileURLToPath(new URL(`../../../${command}-main.ts`, import.meta.url));
  return tryProgram(process.execPath, [...NODE_OPTIONS, main, ...words]);
}

for (const command of COMMANDS) {
  const name = command.split("/").at(-1);

  test(`npm run ${name} helps whatever else is asked for, on standard output`, async () => {
    const { code, stdout, stderr } = await run(command, "--help", "--for", "nonsense");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^npm run ${name} -- `));
  });

  test(`npm run ${name} refuses what it does not know, all of it, with its usage`, async () => {
    const { code, stdout, stderr } = await run(command, "--jsno", "--hlep");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^there is no option --jsno; did you mean --json\?\nthere is no option --hlep; did you mean --help\?\n/);
    assert.match(stderr, new RegExp(`\n\nnpm run ${name} -- `));
    assert.doesNotMatch(stderr, /^\s+at /m, "no stack trace");
  });
}

test("a report that cannot be written is said before anything is started", async () => {
  const { code, stdout, stderr } = await run("chaos/src/chaos", "--report", "no/such/folder/chaos.json");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^the report cannot be written to no\/such\/folder\/chaos\.json: ENOENT[^\n]*\n$/);
});
