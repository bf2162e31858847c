import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf, reachability, reachPaths } from "@groundplan/model";
import { votingStack } from "@groundplan/testing";

const plan = planOf(votingStack());
const reaches = reachability(plan);
const hosts = plan.hosts.map(({ name }) => name);
const pathsFrom = (from: string, hops: number): readonly string[] =>
  reachPaths(reaches, from, hops, hosts).map(({ via, last }) => [from, ...via, `${last.to}:${last.port}`].join(" > "));

test("with one hop only what is reached directly", () => {
  assert.deepEqual(pathsFrom("backend", 1), ["backend > database:5432", "backend > internet:443"]);
});

test("with more hops also what the hosts on the way reach, each goal once by its shortest way", () => {
  const two = pathsFrom("internet", 2);
  assert.deepEqual(
    two.filter((path) => path.endsWith("database:5432") || path.endsWith("backend:6379") || path.endsWith("frontend:80")),
    ["internet > frontend:80", "internet > frontend > backend:6379", "internet > frontend > database:5432"],
  );
  assert.deepEqual(pathsFrom("internet", 9), two);
  assert.equal(new Set(two.map((path) => path.split(" > ").at(-1))).size, two.length);
});

test("a way goes through as many hosts as it needs, never through outside and never back to its start", () => {
  const chain = ["a > b", "b > c", "c > internet", "c > a", "internet > d"].map((line) => {
    const [from = "", to = ""] = line.split(" > ");
    return { from, to, port: 1, protocol: "tcp" as const, because: [] };
  });
  const ways = reachPaths(chain, "a", 9, ["a", "b", "c", "d"]).map(({ via, last }) => [...via, last.to].join(" "));
  assert.deepEqual(ways, ["b", "b c", "b c internet"]);
});
