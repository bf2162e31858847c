import assert from "node:assert/strict";
import { test } from "node:test";
import { votingStack } from "@groundplan/testing";
import { build, planOf } from "../src/index.js";
import { byName } from "./by-name.js";

test("Prometheus reads itself, every host, every database and every service with metrics", () => {
  assert.deepEqual(
    planOf(votingStack()).scrapes.map(({ job, host, port, path, component, exporter }) => [job, host, port, path, component, exporter]),
    [
      ["prometheus", "frontend", 9090, "/metrics", null, null],
      ["node-exporter", "frontend", 9100, "/metrics", null, "node"],
      ["node-exporter", "backend", 9100, "/metrics", null, "node"],
      ["node-exporter", "database", 9100, "/metrics", null, "node"],
      ["db", "database", 9187, "/metrics", "db", "postgres"],
      ["redis", "backend", 9121, "/metrics", "redis", "redis"],
      ["vote", "frontend", 80, "/metrics", "vote", null],
      ["worker", "backend", 8000, "/metrics", "worker", null],
      ["result", "frontend", 5001, "/metrics", "result", null],
    ],
  );
});

test("a service without metrics is not read, and another path is", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.service("a", { image: build("./a"), port: 1001, metrics: false });
      s.service("b", { image: build("./b") });
      s.service("c", { image: build("./c"), port: 1003, metrics: "/internal/metrics" });
      s.host("main", { subnet: "public", runs: ["a", "b", "c"] });
      s.monitoring({ on: "main" });
    }),
  );
  assert.deepEqual(
    plan.scrapes.flatMap(({ component, path }) => (component === null ? [] : [[component, path]])),
    [["c", "/internal/metrics"]],
  );
});

test("the exporters of two databases of a kind on one host have ports of their own, in the order of the databases", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.redis("one");
      s.redis("two", { port: 6380 });
      s.redis("far");
      s.postgres("db");
      s.host("main", { subnet: "public", runs: ["two", "one", "db"] });
      s.host("other", { subnet: "private", runs: ["far"] });
      s.monitoring({ on: "main" });
    }),
  );
  assert.deepEqual(
    plan.scrapes.flatMap(({ component, host, port }) => (component === null ? [] : [[component, host, port]])),
    [
      ["one", "main", 9121],
      ["two", "main", 9122],
      ["far", "other", 9121],
      ["db", "main", 9187],
    ],
  );
});
