import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const NODE_OPTIONS = ["--conditions=source", "--import", import.meta.resolve("tsx")];
/** Those of stress/ have a test of their own. */
const COMMANDS = ["chaos/src/chaos", "fuzz/src/fuzz", "bench/src/bench"];

async function run(command: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const main = fileURLToPath(new URL(`../../../${command}-main.ts`, import.meta.url));
  const child = spawn(process.execPath, [...NODE_OPTIONS, main, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    texts.err += chunk;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, ...texts };
}

for (const command of COMMANDS) {
  const name = command.split("/").at(-1);

  test(`npm run ${name} helps whatever else is asked for, on standard output`, async () => {
    const { code, out, err } = await run(command, "--help", "--for", "nonsense");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, new RegExp(`^npm run ${name} -- `));
  });

  test(`npm run ${name} refuses what it does not know, all of it, with its usage`, async () => {
    const { code, out, err } = await run(command, "--jsno", "--hlep");
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^there is no option --jsno; did you mean --json\?\nthere is no option --hlep; did you mean --help\?\n/);
    assert.match(err, new RegExp(`\n\nnpm run ${name} -- `));
    assert.doesNotMatch(err, /^\s+at /m, "no stack trace");
  });
}

test("a report that cannot be written is said before anything is started", async () => {
  const { code, out, err } = await run("chaos/src/chaos", "--report", "no/such/folder/chaos.json");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^the report cannot be written to no\/such\/folder\/chaos\.json: ENOENT[^\n]*\n$/);
});
