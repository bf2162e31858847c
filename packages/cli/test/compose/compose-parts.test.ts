import assert from "node:assert/strict";
import { test } from "node:test";
import { build, planOf, stack } from "@groundplan/model";
import { hint as hintOf } from "../../src/arguments/hints.js";
import { describeVolumes, down } from "../../src/compose/compose.js";
import { describeRest, findCompose, renderStatus, statusOf } from "../../src/compose/project.js";
import type { Container } from "../../src/docker/container.js";
import { needEngine } from "../../src/docker/engine.js";
import { portVariables } from "../../src/docker/project.js";
import { parseArguments } from "../../src/groundplan.js";
import { fakeRunner } from "../docker/fake-runner.js";
import { run, terminal } from "../helpers.js";

const plan = planOf(
  stack("pair", (s) => {
    const back = s.service("back", { image: build("./back"), port: 8000 });
    const front = s.service("front-page", { image: build("./front"), port: 80, public: true, uses: { back } });
    s.host("one", { subnet: "public", runs: [front, back] });
  }),
);

const container = (change: Partial<Container>): Container => ({
  id: "1a",
  name: "pair_back_1",
  service: "back",
  imageName: "pair/back:latest",
  imageId: "sha256:1",
  status: "running",
  health: "healthy",
  healthLog: [],
  exitCode: 0,
  outOfMemory: false,
  restarts: 0,
  error: "",
  startedAt: "2026-11-22T09:00:00.696119243Z",
  ports: [],
  ...change,
});

const hint = (action: string, ...words: string[]) =>
  hintOf({ ...parseArguments({ path: "compose down", command: down }, words), terminal, folder: "." }, `compose ${action}`);

test("ps has a row for each container, and for each part that has none", () => {
  const front = container({
    service: "front-page",
    name: "pair_front-page_1",
    health: null,
    startedAt: "2026-11-22T08:57:00Z",
    ports: [{ port: 80, address: "127.0.0.1:8080" }],
  });
  const rows = statusOf(plan.components, [front, container({ health: "unhealthy" })]);
  assert.deepEqual(rows[1], {
    service: "front-page",
    container: "pair_front-page_1",
    state: "running",
    health: null,
    since: "2026-11-22T08:57:00Z",
    address: "127.0.0.1:8080",
    ready: true,
  });
  assert.equal(
    renderStatus(rows, Date.parse("2026-11-22T09:00:42Z")),
    [
      "SERVICE     STATE    HEALTH     SINCE  ADDRESS",
      "back        running  unhealthy  41 s   -",
      "front-page  running  -          3 min  http://127.0.0.1:8080",
    ].join("\n"),
  );
  const missing = statusOf(plan.components, [front]);
  assert.deepEqual(
    missing.map(({ service, state, ready }) => [service, state, ready]),
    [
      ["back", "missing", false],
      ["front-page", "running", true],
    ],
  );
  const twice = statusOf(plan.components, [container({}), container({ name: "pair_back_2" }), front]);
  assert.deepEqual(
    twice.map((row) => row.container),
    ["pair_back_1", "pair_back_2", "pair_front-page_1"],
  );
});

test("--port becomes the variable of the Compose file, and only for public services", () => {
  assert.deepEqual(portVariables({ "front-page": 9000 }, plan.components), { FRONT_PAGE_PORT: "9000" });
  assert.deepEqual(portVariables({}, plan.components), {});
  assert.throws(() => portVariables({ frontpage: 9000 }, plan.components), {
    name: "UsageError",
    message: `--port frontpage=9000: "frontpage" isn't a public service, and only those publish a port (front-page). Did you mean "front-page"?`,
  });
  assert.throws(() => portVariables({ back: 9000 }, plan.components), { name: "UsageError" });
});

test("other actions on the same stack are named as one types them", () => {
  assert.equal(hint("ps"), "groundplan compose ps");
  assert.equal(hint("down", "--stack", "stacks/hello", "--out", "x"), "groundplan compose down --stack stacks/hello --out x");
});

test("what a start that came to no good end has left is told", () => {
  assert.equal(describeRest([], hint), "nothing of the stack is running");
  assert.equal(describeRest([container({ status: "created" })], hint), "nothing of the stack is running");
  assert.equal(
    describeRest([container({}), container({ service: "front-page", health: "starting" })], hint),
    "still running: back, front-page (not healthy); see groundplan compose ps, or stop it: groundplan compose down",
  );
});

test("down tells which data it has kept, and which it has removed", () => {
  assert.deepEqual(describeVolumes({ kept: [], removed: [] }, "x"), []);
  assert.deepEqual(describeVolumes({ kept: ["pair_db"], removed: [] }, "groundplan compose down --volumes"), [
    "its data is kept in pair_db (to remove it: groundplan compose down --volumes)",
  ]);
  assert.deepEqual(describeVolumes({ kept: [], removed: ["pair_db", "pair_redis"] }, "x"), ["removed with its data: pair_db, pair_redis"]);
});

test("an action that does not exist, and an option of another action, are wrong usage", async () => {
  const unknown = await run(".", "compose", "dwon");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /compose has no command "dwon" \(commands: up, ps, logs, down\)\. Did you mean "down"\?/);
  for (const words of [
    ["ps", "--follow"],
    ["logs", "--json"],
    ["down", "--tag", "x"],
    ["up", "--volumes"],
  ]) {
    const { code, err } = await run(".", "compose", ...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, new RegExp(`${words[1]} is not for compose ${words[0]}, but for compose `));
  }
  for (const seconds of ["0", "2m", "-1", "1.5"]) assert.equal((await run(".", "compose", "up", `--timeout=${seconds}`)).code, 2, seconds);
});

test("the plugin is preferred, docker-compose is taken without it, and neither is a clear sentence", async () => {
  const plugin = fakeRunner({ "docker compose version": {} });
  assert.deepEqual(await findCompose(plugin), { program: "docker", args: ["compose"] });
  const standalone = fakeRunner({
    "docker compose version": { code: 1, stderr: "docker: unknown command: docker compose" },
    "docker-compose version": {},
  });
  assert.deepEqual(await findCompose(standalone), { program: "docker-compose", args: [] });
  const neither = fakeRunner({ "docker compose version": { code: 1 }, "docker-compose version": { code: null, missing: true } });
  await assert.rejects(findCompose(neither), {
    name: "UserError",
    message: /neither docker compose nor docker-compose is installed on this machine\n {2}fix: install the plugin/,
  });
});

test("without docker, or without an engine that answers, the reason is said", async () => {
  const version = "docker version";
  await assert.rejects(needEngine(fakeRunner({ [version]: { code: null, missing: true } })), {
    message: /^docker isn't installed on this machine\n/,
  });
  const down = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
  await assert.rejects(needEngine(fakeRunner({ [version]: { code: 1, stderr: down } })), {
    message: /^the Docker engine does not run, .*\n {4}Cannot connect/,
  });
  const strange = "error during connect: ssh: connect to host 192.0.2.1 port 22: Connection refused";
  await assert.rejects(needEngine(fakeRunner({ [version]: { code: 1, stderr: strange } })), {
    message: `the Docker engine doesn't answer\n    ${strange}\n  fix: run docker version and fix what it reports`,
  });
  await assert.doesNotReject(needEngine(fakeRunner({ [version]: { stdout: "20.10.24" } })));
});
