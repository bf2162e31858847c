import assert from "node:assert/strict";
import { test } from "node:test";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { build, type Plan, planOf, readyImageOf, stack } from "../src/index.js";
import { byName, type LooseBuilder } from "./by-name.js";
import { notFrozen } from "./not-frozen.js";

const samples = [minimalStack, votingStack, awkwardStack, singleHostStack];

const component = (plan: Plan, name: string) => {
  const found = plan.components.find((other) => other.name === name);
  assert.ok(found, name);
  return found;
};

const planned = (define: (s: LooseBuilder) => void) => planOf(byName("test", define));

test("a plan is plain data: JSON brings it back equal", () => {
  for (const sample of samples) {
    const plan = planOf(sample());
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  }
});

test("the same stack gives the same bytes", () => {
  for (const sample of samples) assert.equal(JSON.stringify(planOf(sample())), JSON.stringify(planOf(sample())));
});

test("a plan is frozen to its depth", () => {
  assert.deepEqual(notFrozen(planOf(awkwardStack()), "plan"), []);
});

test("each component starts after all that it uses", () => {
  for (const sample of samples) {
    const { components } = planOf(sample());
    const order = components.map(({ name }) => name);
    for (const { name, after } of components) {
      for (const used of after) assert.ok(order.indexOf(used) < order.indexOf(name), `${name} after ${used}`);
    }
  }
});

test("where links leave a choice, components start in the order of declaration", () => {
  const plan = planned((s) => {
    s.service("d", { image: build("./d"), uses: { b: "b" } });
    s.service("c", { image: build("./c") });
    s.service("b", { image: build("./b"), port: 1 });
    s.service("a", { image: build("./a") });
    s.host("main", { subnet: "public", runs: ["a", "b", "c", "d"] });
  });
  assert.deepEqual(
    plan.components.map(({ name }) => name),
    ["c", "b", "d", "a"],
  );
  assert.deepEqual(plan.hosts[0]?.runs, ["c", "b", "d", "a"]);
});

test("the voting stack's components, as every target sees them", () => {
  const plan = planOf(votingStack());
  assert.deepEqual(
    plan.components.map(({ name, kind, host, port, public: isPublic, after }) => [name, kind, host, port, isPublic, after]),
    [
      ["db", "postgres", "database", 5432, false, []],
      ["redis", "redis", "backend", 6379, false, []],
      ["vote", "service", "frontend", 80, true, ["redis"]],
      ["worker", "service", "backend", 8000, false, ["db", "redis"]],
      ["result", "service", "frontend", 5001, true, ["db"]],
    ],
  );
  assert.deepEqual(plan.secrets, ["db-password", "voter-key"]);
  assert.deepEqual(component(plan, "db").source, {
    kind: "postgres",
    image: "postgres:17.5-bookworm",
    database: "app",
    user: "app",
    passwordSecret: "db-password",
  });
  assert.deepEqual(component(plan, "redis").source, { kind: "redis", image: "redis:7.2.7-bookworm", standIn: "db" });
});

test("what a container needs to know is in the plan", () => {
  const container = { replicas: 3, hardened: false, internet: true, stopSeconds: 90 };
  const plan = planned((s) => {
    s.service("shop", {
      ...container,
      image: build("./shop", { before: "make bundle" }),
      health: { command: ["/shop", "--check"] },
      memoryMb: 64,
    });
    s.redis("cache", { image: "valkey/valkey:8.1.1", memoryMb: 2048 });
    s.postgres("db", { image: "postgis/postgis:17-3.5", memoryMb: 4096 });
    s.host("main", { subnet: "public", runs: ["shop", "cache", "db"] });
  });
  assert.deepEqual(component(plan, "shop").source, {
    kind: "service",
    image: { build: "./shop", before: ["make", "bundle"] },
    local: null,
    watch: { run: null, also: [] },
    health: { ready: "/healthz", live: "/healthz", command: ["/shop", "--check"] },
    ...container,
  });
  assert.deepEqual(
    plan.components.map(({ memoryMb }) => memoryMb),
    [64, 2048, 4096],
  );
  assert.deepEqual(
    plan.components.map(({ source }) => readyImageOf(source)),
    [null, "valkey/valkey:8.1.1", "postgis/postgis:17-3.5"],
  );
});

test("the voting stack's links carry the target's port and both hosts", () => {
  assert.deepEqual(
    planOf(votingStack()).links.map(({ from, to, alias, port, fromHost, toHost }) => [from, to, alias, port, fromHost, toHost]),
    [
      ["vote", "redis", "queue", 6379, "frontend", "backend"],
      ["worker", "redis", "queue", 6379, "backend", "backend"],
      ["worker", "db", "db", 5432, "backend", "database"],
      ["result", "db", "db", 5432, "frontend", "database"],
    ],
  );
});

test("the first public host is the bastion, and each subnet has its range", () => {
  const plan = planned((s) => {
    s.service("web", { image: build("./web") });
    s.host("inner", { subnet: "private", runs: ["web"] });
    s.host("edge", { subnet: "public", runs: [] });
    s.host("edge-two", { subnet: "public", runs: [] });
  });
  assert.deepEqual(
    plan.hosts.map(({ name, cidr, bastion }) => [name, cidr, bastion]),
    [
      ["inner", "10.0.2.0/24", false],
      ["edge", "10.0.1.0/24", true],
      ["edge-two", "10.0.1.0/24", false],
    ],
  );
});

test("a link gives the address of the server, a port is given by reference, and the author's variables follow", () => {
  const { env } = component(planOf(votingStack()), "worker");
  assert.deepEqual(Object.keys(env), [
    "DB_HOST",
    "DB_NAME",
    "DB_PASSWORD",
    "DB_PORT",
    "DB_URL",
    "DB_USER",
    "OPTION_A",
    "OPTION_B",
    "PORT",
    "QUEUE_HOST",
    "QUEUE_PORT",
    "QUEUE_URL",
  ]);
  assert.deepEqual(env.PORT, [{ kind: "port", of: "worker" }]);
  assert.deepEqual(env.QUEUE_HOST, [{ kind: "host", of: "redis" }]);
  assert.deepEqual(env.DB_PASSWORD, [{ kind: "secret", name: "db-password" }]);
  assert.deepEqual(env.OPTION_A, [{ kind: "text", text: "Cats" }]);
  assert.deepEqual(env.DB_URL, [
    { kind: "text", text: "postgres://app:" },
    { kind: "secret", name: "db-password" },
    { kind: "text", text: "@" },
    { kind: "host", of: "db" },
    { kind: "text", text: ":" },
    { kind: "port", of: "db" },
    { kind: "text", text: "/app" },
  ]);
});

test("a component is asked for its health in the way of its kind", () => {
  const plan = planned((s) => {
    s.service("web", { image: build("./web"), port: 80, health: "/up" });
    s.service("api", { image: build("./api"), port: 81, health: { ready: "/readyz", live: "/livez" } });
    s.service("shop", { image: build("./shop"), port: 82, health: { live: "/livez" } });
    s.service("job", { image: build("./job") });
    s.redis("redis");
    s.postgres("db");
  });
  assert.deepEqual(
    plan.components.map(({ health }) => health),
    [
      { kind: "http", port: 80, ready: "/up", live: "/up" },
      { kind: "http", port: 81, ready: "/readyz", live: "/livez" },
      { kind: "http", port: 82, ready: "/healthz", live: "/livez" },
      { kind: "process" },
      { kind: "redis-ping" },
      { kind: "postgres-ready" },
    ],
  );
});

test("a stack that declares no host has one, public, which runs everything", () => {
  const services = (s: LooseBuilder) => {
    s.postgres("db");
    s.service("web", { image: build("./web"), port: 80, public: true, uses: { db: "db" } });
  };
  const written = planned((s) => {
    services(s);
    s.host("main", { subnet: "public", runs: ["db", "web"] });
    s.monitoring({ on: "main" });
  });
  const given = planned((s) => {
    s.monitoring();
    services(s);
  });
  assert.deepEqual(given, written);
  assert.deepEqual(
    given.hosts.map(({ name, subnet, bastion, runs }) => [name, subnet, bastion, runs]),
    [["main", "public", true, ["db", "web"]]],
  );
});

test("a service has metrics where it says so, or where one of them is named", () => {
  const plan = planOf(
    stack("test", (s) => {
      const quiet = { image: build("./x") };
      s.service("none", { ...quiet, port: 1001 });
      s.service("written", { ...quiet, port: 1002, metrics: "/internal/metrics" });
      const named = s.service("named", { ...quiet, port: 1003 });
      const both = s.service("both", { ...quiet, port: 1004, metrics: "/m" });
      s.pipeline({ levels: { in: named.metric("in_total"), out: both.metric("out_total") } });
    }),
  );
  assert.deepEqual(
    plan.components.map(({ metrics }) => metrics),
    [null, "/internal/metrics", "/metrics", "/m"],
  );
});

test("a stack with problems is a bug of the caller, who learns which ones", () => {
  const definition = byName("test", (s) => {
    s.service("vote", { image: build("./vote"), uses: { queue: "redis" } });
    s.host("empty", { subnet: "public", runs: [] });
  });
  assert.throws(() => planOf(definition), {
    name: "Error",
    message:
      'planOf takes a valid stack, ask checkStack: services.vote.uses.queue LINK_TARGET_UNKNOWN "redis" is not a component of this stack (1 more)',
  });
});
