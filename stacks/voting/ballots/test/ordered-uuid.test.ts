import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid } from "../src/ballot.js";
import { orderedUuid } from "../src/uuids.js";

test("ids are UUIDs of version 7, each its own, and carry the time", () => {
  const before = Date.now();
  const ids = Array.from({ length: 1_000 }, orderedUuid);
  for (const id of ids) {
    assert.ok(isUuid(id) && /^.{14}7.{4}[89ab]/.test(id), id);
    const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    assert.ok(time >= before && time <= Date.now(), id);
  }
  assert.equal(new Set(ids).size, ids.length);
});
