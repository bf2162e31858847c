import assert from "node:assert/strict";
import { test } from "node:test";
import { backOffMs } from "../../src/parts/part.js";

test("the pause before a new start doubles from 100 ms to 5 s", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(backOffMs), [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
});
