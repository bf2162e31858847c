import assert from "node:assert/strict";
import { test } from "node:test";
import { openFilesLimit, viewerCounts } from "../src/machine.js";

test("all viewers are measured where enough files may be open", () => {
  assert.deepEqual(viewerCounts([5_000, 10_000], 20_000), { counts: [5_000, 10_000], advice: null });
});

test("too many viewers for the limit of open files are left out, with what to do about it", () => {
  const { counts, advice } = viewerCounts([5_000, 10_000], 8_192);
  assert.deepEqual(counts, [5_000]);
  assert.equal(advice, "10,000 viewers are left out: a process may open 8192 files here. Raise the limit and run again: ulimit -n 10500");
});

test("the system's limit is a number", () => {
  assert.ok(openFilesLimit() > 100);
});
