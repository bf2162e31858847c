import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type NetworkRule, type Plan, planOf, reachWarnings } from "@groundplan/model";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { byName } from "../by-name.js";
import { rulesFrom, withRules } from "./hand-made.js";

/** The voting stack with its monitoring open to one office only: nothing to warn of. */
const quiet: Plan = (() => {
  const { monitoring, ...definition } = votingStack();
  if (monitoring === null) throw new Error("the voting stack has monitoring");
  return planOf({ ...definition, monitoring: { ...monitoring, openTo: "203.0.113.0/24" } });
})();

const warned = (plan: Plan): readonly string[] => reachWarnings(plan).map(({ code, message }) => `${code} ${message}`);
const without = (isLeftOut: (rule: NetworkRule) => boolean): Plan => withRules(quiet, (rules) => rules.filter((rule) => !isLeftOut(rule)));
const plus = (...lines: readonly string[]): Plan => withRules(quiet, (rules) => [...rules, ...rulesFrom(...lines)]);

test("a stack's own rules give no warning, but for monitoring that is open to the world", () => {
  for (const plan of [quiet, planOf(awkwardStack()), planOf(minimalStack()), planOf(singleHostStack())]) assert.deepEqual(warned(plan), []);
  assert.deepEqual(warned(planOf(votingStack())), [
    "MONITORING_OPEN the rules open Grafana to the world: port 3000 of frontend",
    "MONITORING_OPEN the rules open Prometheus to the world: port 9090 of frontend",
  ]);
});

test("a database that is open to the world is told, with the rule that opens it, also by a range that is as good as the world", () => {
  for (const range of ["0.0.0.0/0", "128.0.0.0/1", "::/0"]) {
    const line = `database ingress 5432 from ${range}`;
    const [first, second, ...more] = reachWarnings(plus(line));
    assert.equal(first?.code, "DATABASE_OPEN");
    assert.equal(first?.message, "the rules open the database db to the world: port 5432 of database");
    assert.deepEqual(first?.rules, rulesFrom(line));
    assert.deepEqual([second?.code, more], ["RULE_UNNEEDED", []]);
  }
  assert.ok(
    warned(plus("backend ingress 6379 from 0.0.0.0/0")).some((text) => text.startsWith("DATABASE_OPEN the rules open the database redis")),
  );
  assert.ok(!warned(plus("database ingress 5432 from 203.0.113.0/24")).some((text) => text.startsWith("DATABASE_OPEN")));
});

test("SSH that is open to the world is told, on the bastion and behind it", () => {
  for (const host of ["frontend", "database"]) {
    assert.deepEqual(warned(plus(`${host} ingress 22 from 0.0.0.0/0`)), [
      `SSH_OPEN the rules open SSH of ${host} to the world`,
      `RULE_UNNEEDED nothing in the stack needs this rule: ${host} ingress 22/tcp from 0.0.0.0/0 (${host} ingress 22 from 0.0.0.0/0)`,
    ]);
  }
});

test("an exporter that is open to the world is told as monitoring", () => {
  assert.deepEqual(
    warned(plus("database ingress 9187 from 0.0.0.0/0"))[0],
    "MONITORING_OPEN the rules open the postgres exporter to the world: port 9187 of database",
  );
});

test("a link that no rule allows is told, with the border that refuses it", () => {
  const noEgress = without(({ group, direction, port }) => group === "backend" && direction === "egress" && port === 5432);
  assert.deepEqual(warned(noEgress), [
    "LINK_REFUSED the link worker -> db is refused: no egress rule of backend lets it out to database on port 5432",
  ]);
  const noIngress = without(({ group, direction, port }) => group === "backend" && direction === "ingress" && port === 6379);
  assert.deepEqual(warned(noIngress), [
    "LINK_REFUSED the link vote -> redis is refused: no ingress rule of backend lets in frontend on port 6379",
  ]);
});

test("a link between hosts of which the plan's rules know nothing is told, though no rule was ever derived for it", () => {
  const [link] = quiet.links;
  if (link === undefined) throw new Error("the voting stack has links");
  const { fromHost, toHost } = { fromHost: "database", toHost: "backend" };
  const [first] = warned({ ...quiet, links: [...quiet.links, { ...link, from: "db", to: "worker", port: 8000, fromHost, toHost }] });
  assert.match(
    first ?? "",
    /^LINK_REFUSED the link db -> worker is refused: no egress rule of database .* 8000; no ingress rule of backend /,
  );
});

test("monitoring, the bastion and public services that the rules refuse are told", () => {
  assert.deepEqual(warned(without(({ port }) => port === 9121)), [
    "NEED_REFUSED metrics of redis: no egress rule of frontend lets it out to backend on port 9121; no ingress rule of backend lets in frontend on port 9121",
  ]);
  assert.deepEqual(warned(without(({ group, port, direction }) => group === "database" && port === 22 && direction === "ingress")), [
    "NEED_REFUSED bastion: no ingress rule of database lets in frontend on port 22",
  ]);
  assert.match(
    warned(without(({ port }) => port === 5001))[0] ?? "",
    /^NEED_REFUSED public service result: .* lets in the internet on port 5001$/,
  );
});

test("a rule that nothing needs is told, also when it is for the right port of the wrong group", () => {
  assert.deepEqual(warned(plus("database ingress 5432 from web-old", "backend egress 25 to 0.0.0.0/0")), [
    "RULE_UNNEEDED nothing in the stack needs this rule: database ingress 5432/tcp from group web-old (database ingress 5432 from web-old)",
    "RULE_UNNEEDED nothing in the stack needs this rule: backend egress 25/tcp to 0.0.0.0/0 (backend egress 25 to 0.0.0.0/0)",
  ]);
});

test("a rule of a link that is gone is told as one that nothing needs", () => {
  const gone = { ...quiet, links: quiet.links.filter(({ from }) => from !== "worker") };
  assert.deepEqual(
    reachWarnings(gone).map(({ code, rules }) => [code, rules.map(({ group, direction, port }) => `${group} ${direction} ${port}`).join()]),
    [
      ["RULE_UNNEEDED", "backend egress 5432"],
      ["RULE_UNNEEDED", "database ingress 5432"],
    ],
  );
});

test("every warning says what to do about it", () => {
  const all = [
    planOf(votingStack()),
    plus("database ingress 5432 from 0.0.0.0/0", "database ingress 22 from 0.0.0.0/0", "database ingress 9187 from 0.0.0.0/0"),
    withRules(quiet, () => []),
  ].flatMap(reachWarnings);
  assert.deepEqual([...new Set(all.map(({ code }) => code))].sort(), [
    "DATABASE_OPEN",
    "LINK_REFUSED",
    "MONITORING_OPEN",
    "NEED_REFUSED",
    "RULE_UNNEEDED",
    "SSH_OPEN",
  ]);
  for (const { fix, message } of all) assert.ok(fix.length > 10 && message.length > 10);
});

test("a stack of one public service that is refused to the world says so", () => {
  const plan = planOf(
    byName("tiny", (s) => {
      s.service("web", { image: build("./web"), port: 80, public: true });
      s.host("main", { subnet: "public", runs: ["web"] });
    }),
  );
  const closed = withRules(plan, (rules) => rules.filter(({ port }) => port !== 80));
  assert.deepEqual(
    reachWarnings(closed).map(({ code }) => code),
    ["NEED_REFUSED", "NEED_REFUSED"],
  );
});
