import assert from "node:assert/strict";
import { test } from "node:test";
import { awkwardStack, votingStack } from "@groundplan/testing";
import { type AlarmOptions, build, type Secret, stack } from "../src/index.js";
import { byName } from "./by-name.js";
import { notFrozen } from "./not-frozen.js";

test("a service with nothing but a folder gets every default", () => {
  const definition = stack("test", (s) => {
    s.service("web", { image: build("./web") });
    s.service("api", { image: build("./api"), port: 8000 });
  });
  assert.deepEqual(definition.components[0], {
    kind: "service",
    name: "web",
    image: { build: "./web", before: null },
    local: null,
    watch: { run: null, also: [] },
    port: null,
    public: false,
    uses: {},
    env: {},
    health: { ready: "/healthz", live: "/healthz", command: null },
    metrics: null,
    replicas: 1,
    hardened: true,
    internet: false,
    stopSeconds: null,
    memoryMb: 256,
  });
  assert.deepEqual(definition.components[1], {
    ...definition.components[0],
    name: "api",
    image: { build: "./api", before: null },
    port: 8000,
  });
});

test("databases, monitoring and levels get their defaults", () => {
  const definition = stack("test", (s) => {
    s.redis("redis");
    s.postgres("db");
    const main = s.host("main", { subnet: "public", runs: [] });
    s.monitoring({ on: main });
  });
  assert.deepEqual(definition.components, [
    { kind: "redis", name: "redis", port: 6379, standIn: null, image: "redis:7.2.7-bookworm", memoryMb: 512 },
    { kind: "postgres", name: "db", port: 5432, database: "app", user: "app", image: "postgres:17.5-bookworm", memoryMb: 1024 },
  ]);
  assert.deepEqual(definition.monitoring, { on: "main", openTo: "0.0.0.0/0", alarms: null, runbooks: "docs/runbooks" });
  assert.equal(definition.pipeline, null);
});

test("a pipeline says no more than what was written of it", () => {
  const definition = stack("test", (s) => {
    const web = s.service("web", { image: build("./web"), port: 80 });
    s.pipeline({
      levels: { in: web.metric("in_total"), out: web.metric("out_total", { copies: "agree" }) },
      lag: { metric: web.metric("waiting"), drainedBy: web },
      latency: { all: web.metric("all_seconds") },
    });
  });
  assert.deepEqual(definition.pipeline, {
    levels: [
      { name: "in", service: "web", metric: "in_total", shared: false },
      { name: "out", service: "web", metric: "out_total", shared: true },
    ],
    lag: { service: "web", metric: "waiting", drainedBy: "web" },
    latencies: [{ name: "all", service: "web", metric: "all_seconds" }],
    errors: [],
    stops: [],
  });
});

test("alarms come from their own address unless they say otherwise, and runbooks lie in a folder without a slash at its end", () => {
  const monitoring = (alarms: AlarmOptions) => stack("test", (s) => s.monitoring({ alarms, runbooks: "https://x/books/" })).monitoring;
  const email = "ops@example.com";
  const smarthost = "smtp.example.com:587";
  assert.deepEqual(monitoring({ email })?.alarms, { email, smtp: null });
  assert.deepEqual(monitoring({ email, smarthost })?.alarms, { email, smtp: { smarthost, from: email, user: null } });
  assert.deepEqual(monitoring({ email, smarthost, from: "a@example.com", user: "me" })?.alarms?.smtp, {
    smarthost,
    from: "a@example.com",
    user: "me",
  });
  assert.equal(monitoring({ email })?.runbooks, "https://x/books");
});

test("what is built here is hardened unless it says otherwise, a ready image is not", () => {
  const definition = stack("test", (s) => {
    s.service("built", { image: build("./built") });
    s.service("loose", { image: build("./loose"), hardened: false });
    s.service("ready", { image: "shop:3" });
    s.service("tight", { image: "shop:3", hardened: true });
  });
  assert.deepEqual(
    definition.components.map((component) => component.kind === "service" && component.hardened),
    [true, false, false, true],
  );
});

test("a name means the same as a handle where data has it", () => {
  const byHandle = stack("test", (s) => {
    const db = s.postgres("db");
    const queue = s.redis("queue", { standIn: db });
    const web = s.service("web", { image: build("./web"), port: 80, uses: { db, queue } });
    const main = s.host("main", { subnet: "public", runs: [db, queue, web] });
    s.monitoring({ on: main });
  });
  const named = byName("test", (s) => {
    s.monitoring({ on: "main" });
    s.host("main", { subnet: "public", runs: ["db", "queue", "web"] });
    s.postgres("db");
    s.redis("queue", { standIn: "db" });
    s.service("web", { image: build("./web"), port: 80, uses: { db: "db", queue: "queue" } });
  });
  assert.deepEqual(named, byHandle);
});

test("a command is kept as words, however it was written", () => {
  const definition = stack("test", (s) => {
    s.service("a", {
      image: build("./a", { before: "go build" }),
      local: "node 'a b.js'",
      watch: { run: "tsx main.ts" },
      health: { command: "/a 'b c'" },
    });
    s.service("b", { local: ["node", "a b.js"] });
  });
  const services = definition.components.map((component) => (component.kind === "service" ? component : null));
  assert.deepEqual(
    services.map((service) => [
      service?.local,
      service?.watch.run,
      typeof service?.image === "object" ? (service.image?.before ?? null) : service?.image,
      service?.health.command,
    ]),
    [
      [
        ["node", "a b.js"],
        ["tsx", "main.ts"],
        ["go", "build"],
        ["/a", "b c"],
      ],
      [["node", "a b.js"], null, null, null],
    ],
  );
});

test("metrics: false says that a service has none", () => {
  const definition = stack("test", (s) => {
    s.service("a", { image: build("./a"), port: 80, metrics: false });
    s.service("b", { image: build("./b"), metrics: false });
  });
  assert.deepEqual(
    definition.components.map((component) => component.kind === "service" && component.metrics),
    [null, null],
  );
  assert.deepEqual(definition.mistakes, []);
});

test("a secret is kept by name, and its handle can be used in any service", () => {
  const definition = stack("test", (s) => {
    const key = s.secret("key");
    s.service("a", { image: build("./a"), env: { KEY: key, OTHER: { secret: "key" } as Secret, TEXT: "key" } });
  });
  assert.deepEqual(definition.secrets, ["key"]);
  const [a] = definition.components;
  assert.deepEqual(a?.kind === "service" && a.env, { KEY: { secret: "key" }, OTHER: { secret: "key" }, TEXT: "key" });
});

test("a later env adds variables, for two pages that lead to each other", () => {
  const definition = stack("test", (s) => {
    const vote = s.service("vote", { image: build("./vote"), port: 80, public: true, env: { TITLE: "Vote" } });
    const result = s.service("result", { image: build("./result"), port: 81, public: true, env: { VOTE_PAGE: vote.page } });
    vote.env({ RESULT_PAGE: result.page });
  });
  assert.deepEqual(
    definition.components.map((component) => component.kind === "service" && component.env),
    [{ TITLE: "Vote", RESULT_PAGE: { page: "result" } }, { VOTE_PAGE: { page: "vote" } }],
  );
  assert.deepEqual(definition.mistakes, []);
});

test("a definition is frozen to its depth, and the author's own objects are left alone", () => {
  const env = { A: "1" };
  const also = ["./shared"];
  const definition = stack("test", (s) => {
    s.service("web", { image: build("./web"), env, watch: { also } });
  });
  assert.deepEqual(
    [definition, votingStack(), awkwardStack()].flatMap((each) => notFrozen(each, each.name)),
    [],
  );
  assert.deepEqual([Object.isFrozen(env), Object.isFrozen(also)], [false, false]);
});

test("a definition is plain data: JSON brings it back equal", () => {
  for (const definition of [votingStack(), awkwardStack()]) assert.deepEqual(JSON.parse(JSON.stringify(definition)), definition);
});

test("an error of the author's own program comes out as it is", () => {
  const failure = new Error("no such file");
  assert.throws(
    () =>
      stack("test", () => {
        throw failure;
      }),
    (error) => error === failure,
  );
});

test("what an async definition declares too late changes nothing and breaks nothing", async () => {
  let goOn = () => {};
  const later = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const definition = stack("test", async (s) => {
    s.service("web", { image: build("./web") });
    await later;
    s.service("late", { image: build("./late") });
  });
  goOn();
  await later;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    definition.components.map(({ name }) => name),
    ["web"],
  );
});
