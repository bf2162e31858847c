import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueueEntry } from "@voting/ballots";
import { batchOf } from "../src/batch.js";

const OPTIONS = new Set(["a", "b"]);

const entry = (partition: number, position: string, option: string | null): QueueEntry =>
  option === null
    ? { partition, position, ballot: null, raw: "rubbish" }
    : { partition, position, ballot: { id: `id-${position}`, voter: `v-${position}`, option, acceptedAtMs: 1 } };

test("a batch takes each partition from where it was to its last entry, ballots in queue order", () => {
  const positions = new Map([
    [0, "5"],
    [1, "2"],
    [2, "9"],
  ]);
  const batch = batchOf([entry(0, "6", "a"), entry(0, "7", "b"), entry(1, "3", "a")], positions, OPTIONS);
  assert.deepEqual(batch.steps, [
    { partition: 0, before: "5", after: "7" },
    { partition: 1, before: "2", after: "3" },
  ]);
  assert.deepEqual(
    batch.ballots.map((ballot) => ballot.id),
    ["id-6", "id-7", "id-3"],
  );
});

test("entries of a partition that is no longer claimed are left to its new owner", () => {
  const batch = batchOf([entry(0, "6", "a"), entry(3, "1", "a")], new Map([[0, "5"]]), OPTIONS);
  assert.deepEqual(batch.steps, [{ partition: 0, before: "5", after: "6" }]);
  assert.equal(batch.ballots.length, 1);
});

test("what is no ballot, or for no option of the poll, is put aside and passed by", () => {
  const batch = batchOf([entry(0, "6", null), entry(0, "7", "zebra"), entry(0, "8", "a")], new Map([[0, "5"]]), OPTIONS);
  assert.deepEqual(batch.steps, [{ partition: 0, before: "5", after: "8" }]);
  assert.deepEqual(
    batch.ballots.map((ballot) => ballot.id),
    ["id-8"],
  );
  assert.deepEqual(
    batch.rejected.map((rejected) => rejected.reason),
    ["not a ballot", "not an option of this poll"],
  );
});
