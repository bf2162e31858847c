import assert from "node:assert/strict";
import { test } from "node:test";
import { retryMs } from "../src/build-result.js";

test("a few viewers come back after one to two seconds", () => {
  assert.equal(
    retryMs(3, () => 0),
    1_000,
  );
  assert.equal(
    retryMs(3, () => 1),
    2_000,
  );
});

test("many viewers are told to come back at about a thousand a second", () => {
  assert.equal(
    retryMs(10_000, () => 0),
    1_000,
  );
  assert.equal(
    retryMs(10_000, () => 0.5),
    6_000,
  );
  const seconds = Array.from({ length: 5_000 }, () => Math.floor(retryMs(5_000) / 1_000));
  for (let second = 1; second <= 5; second++) {
    const count = seconds.filter((candidate) => candidate === second).length;
    assert.ok(count > 700 && count < 1_300, `${count} of 5,000 in second ${second}`);
  }
});
