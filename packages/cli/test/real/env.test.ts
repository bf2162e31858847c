import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type RunningStack, runStack } from "@groundplan/local";
import { freePort } from "@groundplan/testing";
import { runningEnv } from "../../src/plan.js";
import { readPlan } from "../../src/stack-file/open-plan.js";
import { stateFolderOf } from "../../src/up/state-folder.js";
import { folderWith, run } from "../helpers.js";

const STACK = `import { stack } from "groundplan";

export default stack("pair", (s) => {
  const key = s.secret("key");
  const back = s.service("back", { local: "node server.js", port: 8000 });
  const front = s.service("front", {
    local: "node server.js", port: 80, public: true, uses: { back }, env: { KEY: key, GREETING: "it's $HOME \\"here\\"" },
  });
  s.host("one", { subnet: "public", runs: [front, back] });
});
`;

const FILES = {
  "stack.ts": STACK,
  "server.js": `import { createServer } from "node:http";
createServer((request, response) => response.end(JSON.stringify(process.env))).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
`,
};

async function start(t: TestContext, folder: string): Promise<{ stack: RunningStack; port: number }> {
  const read = await readPlan(folder, null);
  assert.ok("plan" in read);
  const port = await freePort();
  const stateFolder = stateFolderOf(read.folder, "pair");
  const stack = await runStack({
    ...read,
    stackFolder: read.folder,
    stateFolder,
    ports: { front: port },
    watch: false,
    onNote: () => undefined,
  });
  t.after(() => stack.shutDown());
  return { stack, port };
}

test("env gives the variables that the service itself got, as JSON, as lines a shell reads, and as a function", async (t) => {
  const folder = folderWith(FILES);
  const { port } = await start(t, folder);
  const got = (await (await fetch(`http://127.0.0.1:${port}`)).json()) as Record<string, string>;

  const json = await run(folder, "env", "front", "--json");
  const variables = JSON.parse(json.out) as Record<string, string>;
  assert.deepEqual([json.code, json.err, variables.PORT], [0, "", String(port)]);
  assert.ok(Object.keys(variables).includes("BACK_URL") && variables.KEY?.length === 32, json.out);
  for (const [name, value] of Object.entries(variables)) assert.equal(value, got[name], name);

  const lines = await run(folder, "env", "front");
  writeFileSync(join(folder, "front.env"), `${lines.out}\n`);
  const read = execFileSync("sh", ["-c", 'set -a; . ./front.env; exec node -p "JSON.stringify(process.env)"'], {
    cwd: folder,
    encoding: "utf8",
  });
  for (const [name, value] of Object.entries(variables)) assert.equal(JSON.parse(read)[name], value, name);

  assert.deepEqual(await runningEnv(folder, "front"), variables);
});

test("env of a stack that does not run, or of what is no service, exits 1 with what to do", async (t) => {
  const folder = folderWith(FILES);
  const never = await run(folder, "env", "front");
  assert.deepEqual([never.code, never.out], [1, ""]);
  assert.match(never.err, /the stack "pair" was never started on this machine \(looked in .*\)\n {2}fix: start it: groundplan up/);

  const { stack } = await start(t, folder);
  const misspelt = await run(folder, "env", "frnt");
  assert.deepEqual([misspelt.code, misspelt.out], [1, ""]);
  assert.match(misspelt.err, /"frnt" isn't a service of this stack \(services: .*\)\n {2}fix: write "front"/);

  writeFileSync(join(folder, "stack.ts"), STACK.replaceAll('"back"', '"rear"'));
  assert.match((await run(folder, "env", "front")).err, /runs from an older stack file: front asks for the port of rear/);
  writeFileSync(join(folder, "stack.ts"), STACK);

  await stack.shutDown();
  assert.match((await run(folder, "env", "front")).err, /the stack "pair" does not run on this machine now/);
  await assert.rejects(runningEnv(folder, "front"), /does not run on this machine now/);
  // What a run that was killed has left behind.
  const owner = { pid: process.pid, identity: "an earlier one" };
  const record = JSON.stringify({ stack: "pair", owner, url: null, ports: { front: 1, back: 2 }, parts: {} });
  writeFileSync(join(stateFolderOf(folder, "pair"), "run.json"), record);
  assert.match((await run(folder, "env", "front")).err, /the stack "pair" does not run on this machine now/);
  assert.equal((await run(folder, "env")).code, 2);
});
