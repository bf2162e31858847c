import assert from "node:assert/strict";
import { test } from "node:test";
import { Batcher, GoneError, LeftOutError, OverloadedError } from "../src/batcher.js";

/** A receiver whose answers the test gives by hand. */
function receiver() {
  const batches: { items: readonly number[]; answer: (error?: Error) => void }[] = [];
  const send = (items: readonly number[]) =>
    new Promise<undefined>((resolve, reject) => batches.push({ items, answer: (error) => (error ? reject(error) : resolve(undefined)) }));
  return { batches, send };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test("callers of one turn share a batch, later ones gather behind three batches under way", async () => {
  const { batches, send } = receiver();
  const batcher = new Batcher(send);
  const done: Promise<void>[] = [];
  for (const items of [[1, 2], [3], [4], [5], [6, 7]]) {
    for (const item of items) done.push(batcher.add(item));
    await turn();
  }
  const sent = () => batches.map((batch) => batch.items);
  assert.deepEqual(sent(), [[1, 2], [3], [4]]);
  batches[0]?.answer();
  await turn();
  assert.deepEqual(sent().slice(3), [[5, 6, 7]]);
  for (const batch of batches.slice(1)) batch.answer();
  await Promise.all(done);
});

test("a full batch leaves before the turn ends", async () => {
  const { batches, send } = receiver();
  const batcher = new Batcher(send);
  const done = Array.from({ length: 30 }, (_, item) => batcher.add(item));
  assert.deepEqual(
    batches.map((batch) => batch.items.length),
    [25],
  );
  await turn();
  assert.equal(batches[1]?.items.length, 5);
  for (const batch of batches) batch.answer();
  await Promise.all(done);
});

test("a failed batch fails its own callers, and the next one is sent", async () => {
  const { batches, send } = receiver();
  const batcher = new Batcher(send);
  const first = batcher.add(1);
  await turn();
  const second = batcher.add(2);
  await turn();
  batches[0]?.answer(new Error("queue down"));
  batches[1]?.answer();
  await assert.rejects(first, { message: "queue down" });
  await second;
});

test("what exceeds the bound is refused at once", async () => {
  const { batches, send } = receiver();
  const batcher = new Batcher(send, 2);
  const kept = [batcher.add(1), batcher.add(2)];
  await assert.rejects(batcher.add(3), OverloadedError);
  await turn();
  batches[0]?.answer();
  await Promise.all(kept);
});

test("an item whose caller left before the batch did is not sent, and keeps no batch from leaving", async () => {
  const { batches, send } = receiver();
  const batcher = new Batcher(send);
  let isGone = false;
  const first = batcher.add(1, () => isGone);
  const second = batcher.add(2);
  isGone = true;
  await assert.rejects(first, GoneError);
  assert.deepEqual(batches[0]?.items, [2]);
  batches[0]?.answer();
  await second;
  await assert.rejects(
    batcher.add(3, () => true),
    GoneError,
  );
  await turn();
  assert.equal(batches.length, 1);
});

test("what the receiver leaves out is told to its own caller", async () => {
  const batcher = new Batcher(async (items: readonly number[]) => items.filter((item) => item > 1));
  const taken = batcher.add(1);
  await assert.rejects(batcher.add(2), LeftOutError);
  await taken;
});
