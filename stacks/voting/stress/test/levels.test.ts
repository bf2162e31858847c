import assert from "node:assert/strict";
import { test } from "node:test";
import { readMetric } from "../src/levels.js";
import { percentilesOf } from "../src/percentiles.js";

test("percentiles are by nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assert.deepEqual(percentilesOf(values), { p50: 100, p90: 180, p99: 198, max: 200 });
  assert.deepEqual(percentilesOf([7]), { p50: 7, p90: 7, p99: 7, max: 7 });
  assert.deepEqual(percentilesOf([]), { p50: 0, p90: 0, p99: 0, max: 0 });
});

test("a metric is read by its whole name, and a missing one is an error, not zero", () => {
  const text = "# HELP votes_total x\nvotes_total 12\nvotes_total_more 99\n";
  assert.equal(readMetric(text, "votes_total"), 12);
  assert.throws(() => readMetric(text, "votes"), { message: "votes is missing: what it is read from is down" });
});
