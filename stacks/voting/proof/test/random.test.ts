import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "@voting/proof";

test("numbers stay in their bounds, reach both ends, and follow from the seed", () => {
  const random = new Random(7);
  const numbers = Array.from({ length: 2_000 }, () => random.int(3, 6));
  assert.deepEqual([...new Set(numbers)].sort(), [3, 4, 5, 6]);
  const again = new Random(7);
  assert.deepEqual(
    numbers,
    numbers.map(() => again.int(3, 6)),
  );
  const spread = Array.from({ length: 2_000 }, () => random.spread(100, 10_000));
  assert.ok(spread.every((number) => number >= 100 && number <= 10_000));
  const small = spread.filter((number) => number < 1_000).length;
  assert.ok(small > 900 && small < 1_100, `${small} of 2,000 are below the geometric middle`);
});

test("shuffling keeps every item, and picking from nothing is an error", () => {
  const random = new Random(1);
  assert.deepEqual(random.shuffle([1, 2, 3, 4, 5]).sort(), [1, 2, 3, 4, 5]);
  assert.notDeepEqual(
    Array.from({ length: 5 }, () => random.shuffle([1, 2, 3, 4, 5]).join()),
    Array(5).fill("1,2,3,4,5"),
  );
  assert.throws(() => random.pick([]), RangeError);
});
