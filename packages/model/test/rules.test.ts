import assert from "node:assert/strict";
import { test } from "node:test";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { build, type NetworkRule, type Plan, planOf } from "../src/index.js";
import { byName, type LooseBuilder } from "./by-name.js";

type Row = readonly [group: string, direction: string, port: number, otherEnd: string, purpose: string];

const row = ({ group, direction, port, source, purpose }: NetworkRule): Row => [
  group,
  direction,
  port,
  "cidr" in source ? source.cidr : `group ${source.group}`,
  purpose,
];

const planned = (define: (s: LooseBuilder) => void) => planOf(byName("test", define));

/** May a packet pass? Asks the rules as a cloud does: the sender's egress and the receiver's ingress. */
function reaches(plan: Plan, from: string, to: string, port: number): boolean {
  const has = (group: string, direction: string, other: string) =>
    plan.rules.some(
      (rule) =>
        rule.group === group && rule.direction === direction && rule.port === port && "group" in rule.source && rule.source.group === other,
    );
  return has(from, "egress", to) && has(to, "ingress", from);
}

test("the voting stack comes out with exactly this table", () => {
  assert.deepEqual(planOf(votingStack()).rules.map(row), [
    ["frontend", "ingress", 22, "operator_cidr", "SSH"],
    ["frontend", "ingress", 80, "0.0.0.0/0", "vote app"],
    ["frontend", "ingress", 5001, "0.0.0.0/0", "result app"],
    ["frontend", "ingress", 3000, "0.0.0.0/0", "Grafana"],
    ["frontend", "ingress", 9090, "0.0.0.0/0", "Prometheus"],
    ["frontend", "egress", 22, "group backend", "SSH by way of the bastion"],
    ["frontend", "egress", 22, "group database", "SSH by way of the bastion"],
    ["frontend", "egress", 5432, "group database", "PostgreSQL from result"],
    ["frontend", "egress", 6379, "group backend", "Redis from vote"],
    ["frontend", "egress", 8000, "group backend", "worker metrics"],
    ["frontend", "egress", 9100, "group backend", "node exporter"],
    ["frontend", "egress", 9100, "group database", "node exporter"],
    ["frontend", "egress", 9121, "group backend", "redis exporter"],
    ["frontend", "egress", 9187, "group database", "postgres exporter"],
    ["frontend", "egress", 443, "0.0.0.0/0", "CloudWatch agent, packages, images"],
    ["backend", "ingress", 22, "group frontend", "SSH by way of the bastion"],
    ["backend", "ingress", 6379, "group frontend", "Redis from vote"],
    ["backend", "ingress", 8000, "group frontend", "worker metrics"],
    ["backend", "ingress", 9100, "group frontend", "node exporter"],
    ["backend", "ingress", 9121, "group frontend", "redis exporter"],
    ["backend", "egress", 5432, "group database", "PostgreSQL from worker"],
    ["backend", "egress", 443, "0.0.0.0/0", "CloudWatch agent, packages, images"],
    ["database", "ingress", 22, "group frontend", "SSH by way of the bastion"],
    ["database", "ingress", 5432, "group backend", "PostgreSQL from worker"],
    ["database", "ingress", 5432, "group frontend", "PostgreSQL from result"],
    ["database", "ingress", 9100, "group frontend", "node exporter"],
    ["database", "ingress", 9187, "group frontend", "postgres exporter"],
    ["database", "egress", 443, "0.0.0.0/0", "CloudWatch agent, packages, images"],
  ]);
});

test("the internet reaches no private host on any port", () => {
  for (const sample of [votingStack, awkwardStack]) {
    const plan = planOf(sample());
    const inner = new Set(plan.hosts.filter(({ subnet }) => subnet === "private").map(({ name }) => name));
    const open = plan.rules.filter(({ group, direction, source }) => inner.has(group) && direction === "ingress" && "cidr" in source);
    assert.deepEqual(open, []);
  }
});

test("what must not be reached is not: the database cannot reach Redis, nor the backend the bastion's SSH", () => {
  const plan = planOf(votingStack());
  assert.equal(reaches(plan, "database", "backend", 6379), false);
  assert.equal(reaches(plan, "backend", "frontend", 22), false);
  assert.equal(reaches(plan, "frontend", "backend", 6379), true);
});

test("the frontend reaches the backend on the ports of the table and on no other", () => {
  const plan = planOf(votingStack());
  const open = Array.from({ length: 65_535 }, (_, index) => index + 1).filter((port) => reaches(plan, "frontend", "backend", port));
  assert.deepEqual(open, [22, 6379, 8000, 9100, 9121]);
});

test("whatever one group lets in from another, that other may send, and the other way round", () => {
  for (const sample of [votingStack, awkwardStack]) {
    const between = planOf(sample()).rules.flatMap(({ group, direction, port, source, purpose }) =>
      "group" in source
        ? [{ direction, ends: direction === "ingress" ? [source.group, group] : [group, source.group], port, purpose }]
        : [],
    );
    const connections = (direction: string) =>
      between
        .filter((rule) => rule.direction === direction)
        .map(({ ends, port, purpose }) => `${ends.join(" > ")} ${port} ${purpose}`)
        .sort();
    assert.deepEqual(connections("egress"), connections("ingress"));
    assert.ok(connections("ingress").length > 5);
  }
});

test("no rule is between a host and itself, and no two rules are for the same connection", () => {
  for (const sample of [votingStack, awkwardStack, singleHostStack]) {
    const { rules } = planOf(sample());
    assert.deepEqual(
      rules.filter(({ group, source }) => "group" in source && source.group === group),
      [],
    );
    const keys = rules.map(({ group, direction, port, source }) => JSON.stringify([group, direction, port, source]));
    assert.equal(new Set(keys).size, keys.length);
  }
});

test("links that share group, port and source become one rule that names both users", () => {
  const plan = planned((s) => {
    s.redis("redis");
    s.service("vote", { image: build("./vote"), uses: { queue: "redis" } });
    s.service("result", { image: build("./result"), uses: { cache: "redis", again: "redis" } });
    s.host("frontend", { subnet: "public", runs: ["vote", "result"] });
    s.host("backend", { subnet: "private", runs: ["redis"] });
  });
  const shared = plan.rules.filter(({ port }) => port === 6379).map(row);
  assert.deepEqual(shared, [
    ["frontend", "egress", 6379, "group backend", "Redis from result, vote"],
    ["backend", "ingress", 6379, "group frontend", "Redis from result, vote"],
  ]);
});

test("a link and monitoring that need the same port become one rule with both purposes", () => {
  const plan = planned((s) => {
    s.service("api", { image: build("./api"), port: 8000, metrics: "/metrics" });
    s.service("shop", { image: build("./shop"), port: 80, uses: { api: "api" } });
    s.host("edge", { subnet: "public", runs: ["shop"] });
    s.host("inner", { subnet: "private", runs: ["api"] });
    s.monitoring({ on: "edge", openTo: "203.0.113.0/24" });
  });
  assert.deepEqual(plan.rules.filter(({ port }) => port === 8000).map(row), [
    ["edge", "egress", 8000, "group inner", "api from shop; api metrics"],
    ["inner", "ingress", 8000, "group edge", "api from shop; api metrics"],
  ]);
});

test("Grafana and Prometheus are open to the range that the author wrote", () => {
  const plan = planOf(awkwardStack());
  const pages = plan.rules.filter(({ purpose }) => purpose === "Grafana" || purpose === "Prometheus");
  assert.deepEqual(
    pages.map(({ source }) => source),
    [{ cidr: "203.0.113.0/24" }, { cidr: "203.0.113.0/24" }],
  );
});

test("without monitoring there is nothing to scrape and no rule for it", () => {
  const plan = planOf(minimalStack());
  assert.deepEqual(plan.scrapes, []);
  assert.deepEqual(plan.rules.map(row), [
    ["main", "ingress", 22, "operator_cidr", "SSH"],
    ["main", "ingress", 8000, "0.0.0.0/0", "web app"],
    ["main", "egress", 443, "0.0.0.0/0", "CloudWatch agent, packages, images"],
  ]);
});

test("a second public host is reached by way of the bastion too", () => {
  const ssh = planOf(awkwardStack()).rules.filter(({ port, direction }) => port === 22 && direction === "ingress");
  assert.deepEqual(
    ssh.map(({ group, source }) => [group, source]),
    [
      ["edge-one", { cidr: "operator_cidr" }],
      ["edge-host-whose-name-is-as-long-as-may-b", { group: "edge-one" }],
      ["inner", { group: "edge-one" }],
      ["data", { group: "edge-one" }],
    ],
  );
});

test("a purpose holds only letters that clouds take in a description", () => {
  for (const sample of [votingStack, awkwardStack, singleHostStack]) {
    for (const { purpose } of planOf(sample()).rules) assert.match(purpose, /^[A-Za-z0-9 ,;-]+$/);
  }
});
