import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeMemory } from "../src/memory-rule.js";

const MB = 1_048_576;
/** A saw, as the collector makes it, on a floor that rises by so much from the first sample to the last. */
const saw = (riseMb: number, count = 200) =>
  Array.from({ length: count }, (_, index) => {
    const floor = 20 + (riseMb * index) / count;
    return { heapBytes: (floor + (index % 10)) * MB, residentBytes: (100 + floor) * MB, collections: Math.floor(index / 10) };
  });

test("a saw on a level floor is flat, one on a rising floor is not", () => {
  assert.equal(judgeMemory(saw(0))?.flat, true);
  assert.equal(judgeMemory(saw(2))?.flat, true);
  assert.equal(judgeMemory(saw(20))?.flat, false);
});

test("the first quarter, in which the process warms up, does not count", () => {
  const samples = saw(0).map((sample, index) => (index < 40 ? { ...sample, heapBytes: 5 * MB, residentBytes: 50 * MB } : sample));
  assert.deepEqual(judgeMemory(samples), { heapMb: [20, 20], residentMb: [120, 120], flat: true });
});

test("too few samples, or no collection in the last quarter, are no verdict", () => {
  assert.equal(judgeMemory(saw(50, 10)), null);
  assert.equal(judgeMemory(saw(50).map((sample) => ({ ...sample, collections: Math.min(sample.collections, 14) }))), null);
});
