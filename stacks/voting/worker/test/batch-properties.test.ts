import assert from "node:assert/strict";
import { test } from "node:test";
import { propertyRuns } from "@groundplan/testing";
import type { QueueEntry } from "@voting/ballots";
import fc from "fast-check";
import { batchOf } from "../src/batch.js";

const OPTIONS = new Set(["a", "b"]);
const PARTITIONS = 4;

/** Entries as a reader gives them: any mix of partitions, each one's positions counted up. */
const entries: fc.Arbitrary<readonly QueueEntry[]> = fc
  .array(fc.record({ partition: fc.nat(PARTITIONS - 1), option: fc.constantFrom("a", "b", "zebra", null) }), { maxLength: 60 })
  .map((kinds) =>
    kinds.map(({ partition, option }, index) =>
      option === null
        ? { partition, position: String(index + 1), ballot: null, raw: `rubbish ${index}` }
        : { partition, position: String(index + 1), ballot: { id: `id-${index}`, voter: `v-${partition}`, option, acceptedAtMs: index } },
    ),
  );
const claimed = fc.uniqueArray(fc.nat(PARTITIONS - 1)).map((partitions) => new Map(partitions.map((one) => [one, `before ${one}`])));

const property = (check: (read: readonly QueueEntry[], positions: ReadonlyMap<number, string>) => void): void =>
  fc.assert(fc.property(entries, claimed, check), propertyRuns());

test("for any entries, the steps move each claimed partition from where it was to its last entry, and no other", () =>
  property((read, positions) => {
    const expected = [...positions].flatMap(([partition, before]) => {
      const last = read.findLast((entry) => entry.partition === partition);
      return last ? [{ partition, before, after: last.position }] : [];
    });
    const steps = [...batchOf(read, positions, OPTIONS).steps].sort((a, b) => a.partition - b.partition);
    assert.deepEqual(
      steps,
      expected.sort((a, b) => a.partition - b.partition),
    );
  }));

test("for any entries, those of claimed partitions are counted or put aside, in queue order, and no others", () =>
  property((read, positions) => {
    const { ballots, rejected } = batchOf(read, positions, OPTIONS);
    const own = read.filter((entry) => positions.has(entry.partition));
    const isVote = ({ ballot }: QueueEntry): boolean => ballot !== null && OPTIONS.has(ballot.option);
    assert.deepEqual(
      ballots,
      own.filter(isVote).map((entry) => entry.ballot),
    );
    assert.deepEqual(
      rejected.map(({ raw }) => raw),
      own.filter((entry) => !isVote(entry)).map((entry) => entry.raw ?? JSON.stringify(entry.ballot)),
    );
  }));
