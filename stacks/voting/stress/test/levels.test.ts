import assert from "node:assert/strict";
import { test } from "node:test";
import { readMetric } from "../src/levels.js";

test("a metric is read by its whole name, and a missing one is an error, not zero", () => {
  const text = "# HELP votes_total x\nvotes_total 12\nvotes_total_more 99\n";
  assert.equal(readMetric(text, "votes_total"), 12);
  assert.throws(() => readMetric(text, "votes"), /^Failure: votes is missing: what it is read from is down, or this address is another/);
});
