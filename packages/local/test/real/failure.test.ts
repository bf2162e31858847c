import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { build, UserError } from "@groundplan/model";
import { until } from "../../src/pause.js";
import { type RunStackOptions, runStack } from "../../src/run-stack.js";
import type { RunningStack } from "../../src/running-stack.js";
import { temporaryFolder } from "../temporary-folder.js";
import { alone, children, FIXTURES, freePorts, LIMIT_MS, needsUnix, planWith, runTrial, small, stateOf } from "./demo.js";

/** Dies at once. */
const CRASH = "echo no ballot box found >&2; exit 3";

/** The error of a start that must fail, once it is sure that nothing is left of it. */
async function failureOf(options: Partial<RunStackOptions> & Pick<RunStackOptions, "plan">): Promise<UserError> {
  const before = children();
  const stateFolder = options.stateFolder ?? temporaryFolder();
  const ports = await freePorts(options.plan);
  const start = runStack({ stackFolder: FIXTURES, ports, watch: false, onNote: () => {}, ...options, stateFolder });
  const error = await start.then(
    async (stack) => {
      // Else its processes would keep this file from ending.
      await stack.shutDown();
      assert.fail("the start was expected to fail");
    },
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  assert.deepEqual(children(), before);
  assert.equal(existsSync(join(stateFolder, "run.json")), false);
  return error;
}

test("a service that keeps dying ends the start with its last lines", { skip: needsUnix }, async () => {
  const error = await failureOf({ plan: alone(CRASH, { port: 80 }), timing: { startDeaths: 2 } });
  assert.equal(
    error.message,
    [
      "one keeps failing: it exited with code 3",
      "    no ballot box found",
      "    no ballot box found",
      "  fix: fix one (its last lines say why), then start again",
    ].join("\n"),
  );
});

test("a service without a port that dies at once ends the start too", { skip: needsUnix }, async () => {
  const error = await failureOf({ plan: alone(CRASH), timing: { startDeaths: 1 } });
  assert.match(error.message, /^one keeps failing: it exited with code 3\n/);
});

test("a service that never gets healthy ends the start with its own reason", { skip: needsUnix }, async (t) => {
  // This process answers its health check in its place: a service that takes a second to listen would be told so.
  const server = createServer((_request, response) => response.writeHead(503).end("the queue is closed"));
  t.after(() => server.close());
  const notes: string[] = [];
  const timing = { startLimitMs: 3_000, slowStartMs: 2_000 };
  const error = await failureOf({
    plan: alone("echo open, but sick; exec sleep 600", { port: 80 }),
    timing,
    onNote: (text) => notes.push(text),
    onState: ({ status, port }) => {
      if (status === "starting" && port !== null && !server.listening) server.listen(port, "127.0.0.1");
    },
  });
  assert.deepEqual(error.problems, [
    {
      message: "one isn't healthy after 3 s: the queue is closed",
      detail: ["open, but sick"],
      fix: "fix one (its last lines say why), then start again",
    },
  ]);
  assert.deepEqual(notes, ["still waiting for one: the queue is closed"]);
});

test("all services that cannot be launched are reported at once", { skip: needsUnix }, async () => {
  const plan = planWith((s) => {
    const a = s.service("a", { image: build("./nowhere"), local: "node main.js" });
    const b = s.service("b", { image: build("./web"), local: "nodejs-of-tomorrow main.js" });
    const c = s.service("c", { image: "nginx" });
    s.host("here", { subnet: "public", runs: [a, b, c] });
  });
  const error = await failureOf({ plan });
  assert.deepEqual(
    error.problems.map(({ message, fix }) => `${message} / ${fix}`),
    [
      `the folder of a is missing: ${join(FIXTURES, "nowhere")} / create it, or correct image: build(...) in s.service("a")`,
      `b can't run "nodejs-of-tomorrow main.js": there is no program "nodejs-of-tomorrow" / install nodejs-of-tomorrow, or correct local in s.service("b")`,
      'nothing says how to run c on this machine / add local: "..." to s.service("c")',
    ],
  );
});

test("data of another PostgreSQL is left alone, with what to do about it", { skip: needsUnix }, async () => {
  const stateFolder = temporaryFolder();
  const folder = join(stateFolder, "data", "db");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "PG_VERSION"), "16\n");
  const error = await failureOf({ plan: small, stateFolder });
  assert.match(
    error.message,
    /^the data in .*\/data\/db is of PostgreSQL 16; this is PostgreSQL 17, which cannot read it\n {2}fix: move .* away/,
  );
  assert.deepEqual(readdirSync(folder), ["PG_VERSION"]);
});

test("lost secrets of an existing database are an error that says what to do", { skip: needsUnix }, async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const { run } = await runTrial(t, small, { stateFolder });
  await run.shutDown();
  writeFileSync(join(stateFolder, "secrets.json"), '{"db-password":"another"}');
  const error = await failureOf({ plan: small, stateFolder });
  assert.match(error.message, /^PostgreSQL refuses the password of secrets\.json: its data was made with another one\n {2}fix: restore/);
});

test("a start that is given up in the middle ends everything", { skip: needsUnix }, async () => {
  const before = children();
  const stateFolder = temporaryFolder();
  const giveUp = new AbortController();
  const start = runStack({
    plan: small,
    stackFolder: FIXTURES,
    stateFolder,
    ports: await freePorts(small),
    watch: false,
    onNote: (text) => assert.fail(text),
    // initdb is at work then.
    onState: ({ name, status }) => name === "db" && status === "starting" && setTimeout(() => giveUp.abort(new Error("Ctrl-C")), 50),
    signal: giveUp.signal,
  });
  await assert.rejects(start, { message: "Ctrl-C" });
  assert.deepEqual(children(), before);
  assert.deepEqual(readdirSync(join(stateFolder, "data")), []);
  assert.equal(existsSync(join(stateFolder, "run.json")), false);
});

const STUBBORN = "trap 'echo not yet' TERM; echo here to stay; while :; do sleep 1; done";

/** Before that line it would take notice. */
async function untilStubborn(run: RunningStack): Promise<void> {
  assert.equal(await until(() => run.logs().some(({ text }) => text === "here to stay"), LIMIT_MS), true);
}

test("a part that takes no notice of SIGTERM is killed, with a note", async (t) => {
  const { run, notes } = await runTrial(t, alone(STUBBORN), { stateFolder: temporaryFolder(), timing: { stopLimitMs: 200 } });
  await untilStubborn(run);
  await run.shutDown();
  assert.equal(stateOf(run, "one").status, "stopped");
  assert.deepEqual(notes, ["one didn't stop within 0.2 s: killed"]);
});

test("a service that says for itself how long it may take to end is given that long", async (t) => {
  const timing = { stopLimitMs: 600_000 };
  const { run, notes } = await runTrial(t, alone(STUBBORN, { stopSeconds: 1 }), { stateFolder: temporaryFolder(), timing });
  await untilStubborn(run);
  await run.shutDown();
  assert.deepEqual(notes, ["one didn't stop within 1.0 s: killed"]);
});
