import assert from "node:assert/strict";
import { test } from "node:test";
import { BatchLimit, lingerAfter } from "../src/batch.js";

test("the limit grows while full batches are fast, up to a bound", () => {
  const limit = new BatchLimit();
  const first = limit.value;
  limit.learn(5, true);
  assert.equal(limit.value, 2 * first);
  for (let i = 0; i < 20; i++) limit.learn(5, true);
  assert.equal(limit.value, 4_000);
});

test("the limit stays where there is no more to take, and shrinks when the database is slow", () => {
  const limit = new BatchLimit();
  const first = limit.value;
  limit.learn(5, false);
  assert.equal(limit.value, first);
  limit.learn(100, true);
  assert.equal(limit.value, first / 2);
  for (let i = 0; i < 20; i++) limit.learn(100, true);
  assert.equal(limit.value, 50);
});

test("small batches follow each other at once, large ones leave time to gather", () => {
  assert.equal(lingerAfter(1), 0);
  assert.equal(lingerAfter(10), 0);
  assert.equal(lingerAfter(60), 5);
  assert.equal(lingerAfter(10_000), 50);
});
