import assert from "node:assert/strict";
import { test } from "node:test";
import { LatencyCounts } from "../../src/viewers/latency-counts.js";
import { pushLatencies, seenLatencies } from "../../src/viewers/measure-viewers.js";

const push = (total: number, publishedAtMs: number, ...latencies: (readonly [number, number])[]) => ({
  total,
  publishedAtMs,
  latencies: LatencyCounts.of(latencies),
});
const PUSHES = [push(10, 1_000, [5, 2], [6, 1]), push(12, 1_200, [7, 3]), push(13, 1_400, [8, 3])];

test("a push counts once for each viewer", () => {
  assert.deepEqual(pushLatencies(PUSHES).entries, [
    [5, 2],
    [6, 1],
    [7, 3],
    [8, 3],
  ]);
});

test("a vote is seen with the first push that includes it, by each viewer at its own time", () => {
  assert.deepEqual(seenLatencies([1_050, 1_150, 1_250], 10, PUSHES).entries, [
    [57, 3],
    [157, 3],
    [158, 3],
  ]);
});

test("a vote that no push includes is not passed over", () => {
  assert.throws(() => seenLatencies([1_000, 1_100], 12, PUSHES), { message: "no push includes vote 2" });
});
