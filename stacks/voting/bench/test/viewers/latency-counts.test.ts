import assert from "node:assert/strict";
import { test } from "node:test";
import { LatencyCounts } from "../../src/viewers/latency-counts.js";

test("percentiles are those of all values, by nearest rank", () => {
  const counts = new LatencyCounts();
  for (let ms = 100; ms >= 1; ms--) counts.add(ms);
  assert.deepEqual(counts.percentiles, { p50: 50, p90: 90, p99: 99, max: 100 });
  counts.add(7, 900);
  assert.deepEqual(counts.percentiles, { p50: 7, p90: 7, p99: 90, max: 100 });
  assert.equal(counts.size, 1_000);
});

test("nothing has percentiles of zero", () => {
  assert.deepEqual(new LatencyCounts().percentiles, { p50: 0, p90: 0, p99: 0, max: 0 });
});

test("counts go to another process and back, and add up with a shift", () => {
  const counts = LatencyCounts.of([
    [5, 2],
    [3, 1],
  ]);
  const sum = new LatencyCounts();
  sum.addAll(counts);
  sum.addAll(LatencyCounts.of(counts.entries), 10.4);
  assert.deepEqual(sum.entries, [
    [3, 1],
    [5, 2],
    [13, 1],
    [15, 2],
  ]);
});
