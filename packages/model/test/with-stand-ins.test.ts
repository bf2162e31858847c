import assert from "node:assert/strict";
import { test } from "node:test";
import { votingStack } from "@groundplan/testing";
import { build, planOf, renderEnv, withStandIns } from "../src/index.js";
import { byName } from "./by-name.js";
import { notFrozen } from "./not-frozen.js";

const naming = {
  host: (of: string) => of,
  port: (of: string) => `${of}-port`,
  secret: (name: string) => name,
  page: (of: string) => `http://${of}`,
};

test("clients get the stand-in's address under the alias that they chose", () => {
  const plan = withStandIns(planOf(votingStack()), ["redis"]);
  const vote = plan.components.find(({ name }) => name === "vote");
  const { QUEUE_URL, QUEUE_HOST, QUEUE_PORT, PORT, OPTION_A } = renderEnv(vote?.env ?? {}, naming);
  assert.deepEqual([QUEUE_URL, QUEUE_HOST, QUEUE_PORT], ["postgres://app:db-password@db:db-port/app", "db", "db-port"]);
  assert.deepEqual([PORT, OPTION_A], ["vote-port", "Cats"]);
});

test("clients wait for the stand-in in place of the Redis, which stays in the plan", () => {
  const plan = withStandIns(planOf(votingStack()), ["redis"]);
  assert.deepEqual(
    plan.components.map(({ name, after }) => [name, after]),
    [
      ["db", []],
      ["redis", []],
      ["vote", ["db"]],
      ["worker", ["db"]],
      ["result", ["db"]],
    ],
  );
});

test("links and rules lead to the stand-in, and to nothing else", () => {
  const plan = withStandIns(planOf(votingStack()), ["redis"]);
  assert.deepEqual(
    plan.links.map(({ from, alias, to, port, toHost }) => [from, alias, to, port, toHost]),
    [
      ["vote", "queue", "db", 5432, "database"],
      ["worker", "queue", "db", 5432, "database"],
      ["worker", "db", "db", 5432, "database"],
      ["result", "db", "db", 5432, "database"],
    ],
  );
  const toDatabases = plan.rules.filter(({ port, direction }) => direction === "ingress" && (port === 5432 || port === 6379));
  assert.deepEqual(
    toDatabases.map(({ group, port, source, purpose }) => [group, port, source, purpose]),
    [
      ["database", 5432, { group: "backend" }, "PostgreSQL from worker"],
      ["database", 5432, { group: "frontend" }, "PostgreSQL from result, vote"],
    ],
  );
});

test("the start order follows: a stand-in that was declared last starts before its new clients", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.redis("queue", { standIn: "db" });
      s.redis("cache", { port: 6380, standIn: "db" });
      s.service("web", { image: build("./web"), uses: { queue: "queue", cache: "cache" } });
      s.postgres("db");
      s.host("main", { subnet: "public", runs: ["queue", "cache", "web", "db"] });
    }),
  );
  const one = withStandIns(plan, ["queue"]);
  assert.deepEqual(
    one.components.map(({ name }) => name),
    ["queue", "cache", "db", "web"],
  );
  assert.deepEqual(one.hosts[0]?.runs, ["queue", "cache", "db", "web"]);
  const web = renderEnv(one.components.at(-1)?.env ?? {}, naming);
  assert.deepEqual([web.QUEUE_URL, web.CACHE_URL], ["postgres://app:db-password@db:db-port/app", "redis://cache:cache-port"]);
});

test("a plan with stand-ins is frozen to its depth", () => {
  assert.deepEqual(notFrozen(withStandIns(planOf(votingStack()), ["redis"]), "plan"), []);
});

test("without names the plan stays equal, and the plan passed in never changes", () => {
  const plan = planOf(votingStack());
  const before = JSON.stringify(plan);
  assert.deepEqual(withStandIns(plan, []), plan);
  withStandIns(plan, ["redis"]);
  assert.equal(JSON.stringify(plan), before);
});

test("a name without a stand-in is a bug of the caller", () => {
  const message = (name: string) => `withStandIns takes the names of redis components with a stand-in, not "${name}"`;
  for (const name of ["vote", "db", "nothing"]) {
    assert.throws(() => withStandIns(planOf(votingStack()), [name]), { message: message(name) });
  }
});
