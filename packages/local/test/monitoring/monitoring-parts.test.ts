import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf, stack } from "@groundplan/model";
import { scrapedName } from "@groundplan/targets";
import { votingStack } from "@groundplan/testing";
import { isScraped, monitoringParts } from "../../src/monitoring/local-monitoring.js";

const voting = planOf(votingStack());
const everything = new Set(voting.components.map(({ name }) => name));

test("beside a stack run Prometheus, one node exporter, and an exporter for each database", () => {
  assert.deepEqual(
    monitoringParts(voting, everything).map(({ name, exporter, of }) => [name, exporter, of]),
    [
      ["node-exporter", "node", null],
      ["db-exporter", "postgres", "db"],
      ["redis-exporter", "redis", "redis"],
      ["prometheus", null, null],
    ],
  );
});

test("a Redis that another part stands in for has no exporter", () => {
  const without = new Set([...everything].filter((name) => name !== "redis"));
  assert.deepEqual(
    monitoringParts(voting, without).map(({ name }) => name),
    ["node-exporter", "db-exporter", "prometheus"],
  );
});

test("every scrape target of the plan is answered by a part, and three hosts on one machine are read once", () => {
  const parts = new Set([...everything, ...monitoringParts(voting, everything).map(({ name }) => name)]);
  const scraped = voting.scrapes.filter((scrape) => isScraped(scrape, voting, everything));
  assert.deepEqual(
    scraped.filter((scrape) => !parts.has(scrapedName(scrape))),
    [],
  );
  assert.equal(voting.scrapes.filter(({ exporter }) => exporter === "node").length, 3);
  assert.deepEqual(
    scraped.filter(({ exporter }) => exporter === "node").map(({ host }) => host),
    ["frontend"],
  );
});

test("a stack without monitoring has nothing that is scraped", () => {
  const bare = planOf(
    stack("bare", (s) => {
      const web = s.service("web", { local: "true", port: 80 });
      s.host("one", { subnet: "public", runs: [web] });
    }),
  );
  assert.deepEqual(bare.scrapes, []);
});
