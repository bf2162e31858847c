import assert from "node:assert/strict";
import { test } from "node:test";
import { percentilesOf } from "../src/percentiles.js";
import { histogramOf, LogAxis } from "../src/render-report.js";
import { Series, timesToLevel } from "../src/series.js";

test("percentiles are by nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assert.deepEqual(percentilesOf(values), { p50: 100, p90: 180, p99: 198, max: 200 });
  assert.deepEqual(percentilesOf([7]), { p50: 7, p90: 7, p99: 7, max: 7 });
  assert.deepEqual(percentilesOf([]), { p50: 0, p90: 0, p99: 0, max: 0 });
});

test("the n-th vote has arrived when the level has gained n, and a vote that never arrives has no time", () => {
  const steps = [
    { atMs: 5, gained: 0 },
    { atMs: 20, gained: 2 },
    { atMs: 50, gained: 3 },
  ];
  assert.deepEqual(timesToLevel([0, 10, 20, 30], steps), [20, 10, 30]);
  assert.deepEqual(timesToLevel([0], steps), [20], "what the level gained beyond the votes has no time either");
  assert.deepEqual(
    timesToLevel(
      [0, 1],
      [
        { atMs: 9, gained: 2 },
        { atMs: 11, gained: 1 },
        { atMs: 12, gained: 2 },
      ],
    ),
    [9, 8],
  );
});

test("a series keeps the corners of a level, how often it was looked at, and that it went back", () => {
  const series = new Series();
  for (const [atMs, gained] of [
    [0, 0],
    [10, 0],
    [20, 0],
    [30, 4],
    [40, 3],
  ] as const)
    series.add(atMs, gained);
  assert.deepEqual(series.steps, [
    { atMs: 0, gained: 0 },
    { atMs: 20, gained: 0 },
    { atMs: 30, gained: 4 },
    { atMs: 40, gained: 3 },
  ]);
  assert.deepEqual([series.gapsMs, series.wentBack, series.gained], [[10, 10, 10, 10], 1, 3]);
});

test("buckets are ten for each power of ten, without a gap, and hold every value once", () => {
  const buckets = histogramOf([1, 1.2, 9.99, 10, 999, 1_000]);
  assert.equal(
    buckets.reduce((sum, { count }) => sum + count, 0),
    6,
  );
  for (const [index, { fromMs }] of buckets.entries()) if (index > 0) assert.equal(fromMs, buckets[index - 1]?.toMs);
  const starts = (ms: number) => buckets.find(({ fromMs }) => Math.abs(fromMs - ms) < ms * 1e-9)?.count;
  assert.deepEqual([buckets.length, starts(1), starts(10), starts(1_000)], [31, 2, 1, 1]);
  assert.deepEqual(histogramOf([]), []);
  assert.equal(
    histogramOf([0, -1]).reduce((sum, { count }) => sum + count, 0),
    2,
    "what is below the scale is in its first bucket",
  );
});

test("a logarithmic axis covers whole powers of ten and puts each at its place", () => {
  const axis = new LogAxis(histogramOf([3, 450]));
  assert.deepEqual(axis.ticksMs, [1, 10, 100, 1_000]);
  assert.deepEqual(
    [1, 10, 1_000, 5_000, 0].map((ms) => Math.round(axis.at(ms))),
    [0, 33, 100, 100, 0],
  );
});
