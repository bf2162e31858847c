import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { PartState, RunningStack } from "@groundplan/local";
import { planOf, stack } from "@groundplan/model";
import { parseArguments } from "../src/groundplan.js";
import { stateFolderOf } from "../src/up/state-folder.js";
import { narrator, openControlRoom, renderSummary, requirePartNames, summaryJson, up, waitingLines } from "../src/up/up.js";
import { folderWith } from "./helpers.js";

const plan = planOf(
  stack("tiny", (s) => {
    const db = s.postgres("db");
    const web = s.service("web", { local: "node web.js", port: 80, public: true, uses: { db } });
    s.host("one", { subnet: "public", runs: [web, db] });
  }),
);

const state = (change: Partial<PartState>): PartState => ({
  name: "web",
  kind: "service",
  status: "waiting",
  reason: null,
  pid: null,
  port: null,
  url: null,
  restarts: 0,
  since: 0,
  standIn: null,
  ...change,
});

const given = (...words: string[]) => parseArguments({ path: "up", command: up }, words).options;

test("the start is told in words: who waits, who starts, who is healthy after how long", () => {
  assert.deepEqual(waitingLines(plan), ["web waits for db"]);
  const narrate = narrator();
  const lines = [
    state({ status: "waiting" }),
    state({ status: "starting", since: 1_000 }),
    state({ status: "starting", since: 1_000, reason: "connection refused" }),
    state({ status: "healthy", since: 1_312 }),
    state({ status: "unhealthy", reason: "no queue" }),
    state({ status: "healthy", since: 9_000 }),
    state({ status: "restarting", reason: "killed by SIGKILL" }),
    state({ status: "starting", since: 10_000 }),
    state({ status: "healthy", since: 10_050 }),
    state({ status: "stopped" }),
  ].map(narrate);
  assert.deepEqual(lines, [
    null,
    "web starts",
    null,
    "web is healthy after 312 ms",
    "web is unhealthy (no queue)",
    "web is healthy again",
    null,
    "web starts",
    "web is healthy after 50 ms",
    "web stopped",
  ]);
});

test("the summary names every page and how to stop, and nothing else", () => {
  const parts = [state({ name: "db" }), state({ url: "http://127.0.0.1:8080" })];
  const summary = { stack: "tiny", parts, controlRoom: "http://127.0.0.1:8090", startedInMs: 1_940 };
  assert.equal(
    renderSummary(summary),
    "\nstack tiny runs, started in 1.9 s\n\n  web            http://127.0.0.1:8080\n  control room   http://127.0.0.1:8090\n\nCtrl-C stops everything\n",
  );
  assert.doesNotMatch(renderSummary({ ...summary, controlRoom: null }), /control room/);
  assert.equal(JSON.parse(summaryJson(summary)).parts[1].url, "http://127.0.0.1:8080");
});

test("--port is read as NAME=PORT, and what is not is refused", () => {
  assert.deepEqual(given("--port", "web=9000", "--port", "db=9001").port, { web: 9000, db: 9001 });
  for (const wrong of ["9000", "web=", "web=abc", "=9000", "web=0", "web=70000", "web=-1"]) {
    assert.throws(() => given(`--port=${wrong}`), { name: "UsageError" }, wrong);
  }
  assert.throws(() => given("--port", "web=1", "--port", "web=2"), {
    message: "--port gives web two ports (1 and 2); give it one.",
  });
});

test("--port for a part that the stack does not have names the nearest", () => {
  assert.throws(() => requirePartNames({ wbe: 9000 }, plan), {
    name: "UsageError",
    message: '--port wbe=9000: the stack has no part "wbe" with a port (db, web). Did you mean "web"?',
  });
  assert.doesNotThrow(() => requirePartNames({ web: 9000 }, plan));
});

test("the control room is at 8090, elsewhere, or not at all", () => {
  assert.equal(given().controlRoomPort, 8090);
  assert.equal(given("--control-room-port", "9090").controlRoomPort, 9090);
  assert.equal(given("--no-control-room").noControlRoom, true);
  assert.throws(() => given("--control-room-port", "9090x"), { name: "UsageError" });
});

test("data are kept at the top of the repository, from wherever the stack is started", () => {
  const repository = folderWith({ "package-lock.json": "", "stacks/tiny/stack.ts": "" });
  assert.equal(stateFolderOf(join(repository, "stacks/tiny"), "tiny"), join(repository, ".groundplan/tiny"));
  mkdirSync(join(repository, "stacks/tiny/.git"));
  assert.equal(stateFolderOf(join(repository, "stacks/tiny"), "tiny"), join(repository, "stacks/tiny/.groundplan/tiny"));
});

test("a control room whose port is taken moves to the next free one and says so", async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  t.after(() => taken.close());
  const wish = (taken.address() as AddressInfo).port;
  const running = { plan, states: () => [], logs: () => [], onState: () => () => {}, onLog: () => () => {} } as unknown as RunningStack;
  const notes: string[] = [];
  const room = await openControlRoom(running, wish, (text) => notes.push(text));
  t.after(() => room.close());
  const port = Number(new URL(room.url).port);
  assert.ok(port > wish);
  assert.deepEqual(notes, [`port ${wish} is taken (by another program): the control room listens on ${port} instead`]);
});
