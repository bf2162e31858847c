import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHistogram, quantileOf } from "../src/steady-load.js";

const text = (counts: readonly number[]): string =>
  ["0.001", "0.002", "0.004", "+Inf"].map((bound, index) => `t_bucket{le="${bound}"} ${counts[index]}`).join("\n");

test("quantiles are linear within a bucket, as Prometheus has them", () => {
  const histogram = parseHistogram(text([0, 100, 200, 200]), "t");
  assert.equal(quantileOf(histogram, 0.5), 0.002);
  assert.equal(quantileOf(histogram, 0.75), 0.003);
  assert.equal(quantileOf(histogram, 0.25), 0.0015);
});

test("what lies beyond the last bound is given as that bound", () => {
  assert.equal(quantileOf(parseHistogram(text([0, 0, 10, 100]), "t"), 0.99), 0.004);
});

test("only what came since an earlier reading counts", () => {
  const since = parseHistogram(text([50, 50, 150, 150]), "t").since(parseHistogram(text([50, 50, 50, 50]), "t"));
  assert.equal(quantileOf(since, 0.5), 0.003);
});
