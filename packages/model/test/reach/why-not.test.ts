import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf, reachability, whyNot } from "@groundplan/model";
import { awkwardStack, votingStack } from "@groundplan/testing";
import { twoHosts } from "./hand-made.js";

test("a refusal names each border that refuses, and whom it lets through instead", () => {
  const plan = planOf(votingStack());
  assert.deepEqual(whyNot("internet", "database", 5432, plan), [
    "no ingress rule of database lets in the internet on port 5432 (only backend, frontend)",
  ]);
  assert.deepEqual(whyNot("database", "backend", 6379, plan), [
    "no egress rule of database lets it out to backend on port 6379",
    "no ingress rule of backend lets in database on port 6379 (only frontend)",
  ]);
  assert.deepEqual(whyNot("database", "internet", 80, plan), ["no egress rule of database lets it out to the internet on port 80"]);
});

test("with one of the two rules there, only the other is named", () => {
  assert.deepEqual(whyNot("web", "db", 5432, twoHosts("web egress 5432 to db")), ["no ingress rule of db lets in web on port 5432"]);
  assert.deepEqual(whyNot("web", "db", 5432, twoHosts("db ingress 5432 from web")), [
    "no egress rule of web lets it out to db on port 5432",
  ]);
});

test("without a port it is asked for all of them; two borders that are open on different ports are told as such", () => {
  assert.deepEqual(whyNot("web", "db", null, twoHosts()), [
    "no egress rule of web lets it out to db on any port",
    "no ingress rule of db lets in web on any port",
  ]);
  assert.deepEqual(whyNot("web", "db", null, twoHosts("web egress 80 to db", "web egress 443 to 0.0.0.0/0", "db ingress 5432 from web")), [
    "web may send to db on ports 80, 443 only, and db lets it in on port 5432 only",
  ]);
});

test("there is a reason for every pair and port that is not reached, and none for one that is", () => {
  for (const sample of [votingStack, awkwardStack]) {
    const plan = planOf(sample());
    const reaches = reachability(plan);
    const hosts = plan.hosts.map(({ name }) => name);
    const ports = [...new Set(plan.rules.map(({ port }) => port)), 12_345];
    for (const from of ["internet", "operator", ...hosts]) {
      for (const to of hosts.filter((name) => name !== from)) {
        for (const port of [...ports, null]) {
          const isReached = reaches.some((reach) => reach.from === from && reach.to === to && (port === null || reach.port === port));
          assert.equal(whyNot(from, to, port, plan).length === 0, isReached, `${from} ${to} ${port}`);
        }
      }
    }
  }
});

test("a host's connections to itself are not refused", () => {
  assert.deepEqual(whyNot("db", "db", 5432, twoHosts()), []);
});
