import assert from "node:assert/strict";
import { once } from "node:events";
import { get, request } from "node:http";
import { after, beforeEach, test } from "node:test";
import { UserError } from "@groundplan/model";
import type { LevelPoint, StateReport } from "../../src/control-room/reports.js";
import type { LevelsReport } from "../../src/control-room/start-control-room.js";
import { type ControlRoom, startControlRoom } from "../../src/control-room/start-control-room.js";
import type { LogLine, PartState } from "../../src/running-stack.js";
import { component, type FakeStack, fakeStack, metricsServer, part, pipelineOf, planWith } from "./fake-stack.js";

const plan = planWith({
  components: [component("db", { kind: "postgres", metrics: null }), component("vote")],
  links: [{ from: "vote", to: "db", alias: "db", port: 5432, protocol: "tcp", fromHost: "one", toHost: "one" }],
  hosts: [{ name: "one", subnet: "public", cidr: "10.0.1.0/24", zone: 1, bastion: true, runs: ["db", "vote"] }],
});

const rooms: ControlRoom[] = [];
let stack: FakeStack;
let room: ControlRoom;

beforeEach(async () => {
  stack = fakeStack(plan, [part("db", { kind: "postgres" }), part("vote", { port: 8080, url: "http://127.0.0.1:8080" })]);
  room = await startControlRoom(stack, { port: 0, host: "127.0.0.1" });
  rooms.push(room);
});

after(() => Promise.all(rooms.map((open) => open.close())));

async function act(path: string, headers: Record<string, string> = { "x-groundplan": "1" }) {
  const response = await fetch(`${room.url}${path}`, { method: "POST", headers });
  return { status: response.status, body: await response.json() };
}

async function readJson<Body>(path: string, url = room.url): Promise<Body> {
  const response = await fetch(`${url}${path}`);
  assert.equal(response.status, 200);
  return (await response.json()) as Body;
}

/** What a page hears; `data` is as its event has it. */
type PageEvent =
  | { readonly name: "snapshot"; readonly data: StateReport & { logs: LogLine[]; points: LevelPoint[] } }
  | { readonly name: "part"; readonly data: PartState }
  | { readonly name: "logs"; readonly data: LogLine[] }
  | { readonly name: "level"; readonly data: LevelPoint };

/** Reads server-sent events until one satisfies. Gives back all events up to it. */
async function eventsUntil(done: (event: PageEvent) => boolean, meanwhile: () => void): Promise<PageEvent[]> {
  const response = await fetch(`${room.url}/api/events`);
  const events: PageEvent[] = [];
  let text = "";
  let started = false;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const [, name = "", data = "null"] = /event: (.+)\ndata: (.+)/.exec(frame) ?? [];
      events.push({ name, data: JSON.parse(data) } as PageEvent);
    }
    if (!started && events.length > 0) {
      started = true;
      meanwhile();
    }
    if (events.some(done)) break;
  }
  return events;
}

/** What came with the events of this name. */
function heard<Name extends PageEvent["name"]>(events: readonly PageEvent[], name: Name) {
  return events
    .filter((event): event is Extract<PageEvent, { name: Name }> => event.name === name)
    .map((event) => event.data as Extract<PageEvent, { name: Name }>["data"]);
}

test("the state names every part, its metrics and the links between them", async () => {
  const state = await readJson<StateReport>("/api/state");
  assert.equal(state.stack, "voting");
  assert.deepEqual(
    state.parts.map((shown) => [shown.name, shown.status, shown.metricsUrl]),
    [
      ["db", "healthy", null],
      ["vote", "healthy", "http://127.0.0.1:8080/metrics"],
    ],
  );
  assert.deepEqual(state.links, [{ from: "vote", to: "db", alias: "db" }]);
});

test("the notes say what stands in and what monitoring this machine lacks", async () => {
  const other = fakeStack(planWith({ monitoring: { on: "frontend", openTo: "0.0.0.0/0", alarms: null, runbooks: "docs/runbooks" } }), [
    part("redis", { standIn: "db" }),
  ]);
  const otherRoom = await startControlRoom(other, { port: 0, host: "127.0.0.1" });
  rooms.push(otherRoom);
  const state = await readJson<StateReport>("/api/state", otherRoom.url);
  assert.match(state.notes[0] ?? "", /^redis: .*db stands in/);
  assert.match(state.notes[1] ?? "", /Prometheus and Grafana run on host frontend/);
});

test("the log is filtered by text in any case and by part", async () => {
  stack.print({ from: "vote", text: "Ballot accepted" });
  stack.print({ from: "db", text: "ballot table created" });
  stack.print({ from: "db", text: "checkpoint" });
  const texts = async (query: string) => (await readJson<LogLine[]>(`/api/logs${query}`)).map((line) => line.text);
  assert.deepEqual(await texts(""), ["Ballot accepted", "ballot table created", "checkpoint"]);
  assert.deepEqual(await texts("?filter=BALLOT"), ["Ballot accepted", "ballot table created"]);
  assert.deepEqual(await texts("?filter=ballot&from=db"), ["ballot table created"]);
});

test("an action reaches the stack and answers with the part's state", async () => {
  for (const action of ["stop", "kill", "restart"]) {
    const { status, body } = await act(`/api/parts/vote/${action}`);
    assert.equal(status, 200);
    assert.equal(body.part.name, "vote");
  }
  assert.deepEqual(stack.actions, ["stop vote", "kill vote", "restart vote"]);
});

test("an unknown part or action gets a sentence that names the known ones, and nothing happens", async () => {
  assert.deepEqual(await act("/api/parts/votes/stop"), {
    status: 404,
    body: { error: 'The stack has no part "votes" (parts: db, vote).' },
  });
  assert.deepEqual(await act("/api/parts/vote/explode"), {
    status: 404,
    body: { error: 'There is no action "explode" (actions: stop, kill, restart).' },
  });
  assert.deepEqual(stack.actions, []);
});

test("what the stack refuses is said in its words, a bug is a failure of ours", async () => {
  stack.failWith = new UserError({ message: "vote does not run", fix: "start it" });
  assert.deepEqual(await act("/api/parts/vote/kill"), { status: 409, body: { error: "vote does not run\n  fix: start it" } });
  stack.failWith = new TypeError("x is not a function");
  assert.equal((await act("/api/parts/vote/kill")).status, 500);
});

test("an action without the header, or asked for with GET, does nothing", async () => {
  assert.equal((await act("/api/parts/vote/kill", {})).status, 403);
  assert.equal((await fetch(`${room.url}/api/parts/vote/kill`)).status, 405);
  assert.deepEqual(stack.actions, []);
});

test("a foreign Host is turned away before anything is read", async () => {
  const { port } = new URL(room.url);
  const [response] = await once(get({ host: "127.0.0.1", port, path: "/api/state", headers: { host: "evil.example" } }), "response");
  response.resume();
  assert.equal(response.statusCode, 421);
});

test("the page and all that it names are served, with a policy that allows nothing inline", async () => {
  const html = await (await fetch(room.url)).text();
  const names = [...html.matchAll(/(?:src|href)="(\/[\w.-]+)"/g)].map((found) => found[1] ?? "");
  assert.deepEqual(names.sort(), ["/diagram.css", "/icon.svg", "/main.js", "/page.css"]);
  for (const name of names) {
    const response = await fetch(`${room.url}${name}`);
    assert.equal(response.status, 200, name);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
  }
  assert.doesNotMatch(html, /<style|style="|<script>|onclick/);
});

test("no path leads out of the page's folder", async () => {
  const { port } = new URL(room.url);
  for (const path of [
    "/../start-control-room.ts",
    "/%2e%2e/start-control-room.ts",
    "/..%2fstart-control-room.js",
    "//etc/passwd",
    "/page/main.js",
    "/constructor",
  ]) {
    const asked = request({ host: "127.0.0.1", port, path });
    asked.end();
    const [response] = await once(asked, "response");
    response.resume();
    assert.equal(response.statusCode, 404, path);
  }
});

test("an open page gets a snapshot and then every change, each log line once", async () => {
  stack.print({ from: "vote", text: "before" });
  const events = await eventsUntil(
    (event) => event.name === "logs",
    () => {
      stack.set("vote", { status: "restarting", reason: "killed by SIGKILL", pid: null });
      stack.print({ from: "vote", text: "one" });
      stack.print({ from: "vote", text: "two" });
    },
  );
  assert.deepEqual(
    events.map((event) => event.name),
    ["snapshot", "part", "logs"],
  );
  const [snapshot] = heard(events, "snapshot");
  assert.deepEqual(
    snapshot?.logs.map((line) => line.text),
    ["before"],
  );
  assert.equal(heard(events, "part")[0]?.reason, "killed by SIGKILL");
  assert.deepEqual(
    heard(events, "logs")[0]?.map((line) => line.text),
    ["one", "two"],
  );
});

test("the levels are read once a second, and a service that is down is named", async () => {
  let accepted = 5;
  const vote = await metricsServer(() => `accepted_total ${accepted}\nqueued_total{p="1"} ${accepted + 100}\nqueued_total{p="2"} 100\n`);
  const levels = ["accepted", "queued", "visible"].map((name) => ({
    name,
    service: name === "visible" ? "result" : "vote",
    metric: `${name}_total`,
  }));
  const busy = fakeStack(planWith({ components: [component("vote"), component("result")], pipeline: pipelineOf(levels) }), [
    part("vote", { port: vote.port }),
    part("result", { port: vote.port }),
  ]);
  room = await startControlRoom(busy, { port: 0, host: "127.0.0.1" });
  rooms.push(room);
  const events = await eventsUntil(
    (event) => event.name === "level",
    () => {
      accepted = 9;
    },
  );
  vote.server.close();
  assert.deepEqual(heard(events, "snapshot")[0]?.points, []);
  const [first] = heard(events, "level");
  assert.deepEqual(first?.totals, [null, null, null]);
  assert.deepEqual(first?.missing, [null, null, "result has no metric visible_total"]);
  assert.equal((await readJson<LevelsReport>("/api/levels")).levels[2]?.missing, "result has no metric visible_total");
});

test("closing ends open pages and stops listening to the stack", async () => {
  const ended = eventsUntil(
    () => false,
    () => void room.close(),
  );
  await ended;
  assert.equal(stack.listeners(), 0);
  await assert.rejects(fetch(`${room.url}/api/state`));
});

test("a port that is taken is an error, and nothing listens to the stack", async () => {
  const other = fakeStack(plan, []);
  await assert.rejects(startControlRoom(other, { port: Number(new URL(room.url).port), host: "127.0.0.1" }), { code: "EADDRINUSE" });
  assert.equal(other.listeners(), 0);
});
