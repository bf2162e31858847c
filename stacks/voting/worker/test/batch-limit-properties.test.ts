import assert from "node:assert/strict";
import { test } from "node:test";
import { propertyRuns } from "@groundplan/testing";
import fc from "fast-check";
import { BatchLimit, lingerAfter } from "../src/batch.js";

const durationMs = fc.double({ min: 0, max: 100_000, noNaN: true });

test("whatever the limit learns, it stays between 50 and 4000, whole, and changes by a factor of two at most", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(durationMs, fc.boolean()), { maxLength: 100 }), (lessons) => {
      const limit = new BatchLimit();
      for (const [tookMs, wasFull] of lessons) {
        const before = limit.value;
        limit.learn(tookMs, wasFull);
        assert.ok(Number.isInteger(limit.value) && limit.value >= 50 && limit.value <= 4_000, `${limit.value}`);
        assert.ok(limit.value <= before * 2 && limit.value >= Math.floor(before / 2), `${before} -> ${limit.value}`);
        if (!wasFull) assert.ok(limit.value <= before, "it grew though there was no more to take");
      }
    }),
    propertyRuns(),
  ));

test("the pause is 0 to 50 ms, and no shorter after a larger batch", () =>
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (one, other) => {
      const [smaller, larger] = [lingerAfter(Math.min(one, other)), lingerAfter(Math.max(one, other))];
      assert.ok(smaller >= 0 && smaller <= larger && larger <= 50);
    }),
    propertyRuns(),
  ));
