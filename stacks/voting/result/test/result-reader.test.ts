import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pool } from "pg";
import { ResultReader, resultsOf } from "../src/result-reader.js";

const OPTIONS = [
  { id: "a", label: "Cats" },
  { id: "b", label: "Dogs" },
];
const NOW = "2026-01-01T00:00:00.000Z";

test("options come in their order, with none left out for having no votes", () => {
  assert.deepEqual(resultsOf(OPTIONS, new Map([["b", 3]]), NOW), {
    options: [
      { id: "a", label: "Cats", votes: 0 },
      { id: "b", label: "Dogs", votes: 3 },
    ],
    total: 3,
    asOf: NOW,
  });
});

test("what a classic writer put in besides is shown behind the options, so that the total is the table's", () => {
  const results = resultsOf(
    OPTIONS,
    new Map([
      ["z", 2],
      ["a", 1],
      ["c", 4],
    ]),
    NOW,
  );
  assert.deepEqual(
    results.options.map((option) => [option.id, option.votes]),
    [
      ["a", 1],
      ["b", 0],
      ["c", 4],
      ["z", 2],
    ],
  );
  assert.equal(results.total, 7);
});

test("callers during a read share the next one, which begins after their call", async () => {
  const answers: ((votes: number) => void)[] = [];
  const pool = {
    query: () =>
      new Promise((resolve) =>
        answers.push((votes) =>
          resolve({
            rows: [
              { vote: "a", n: String(votes) },
              { vote: null, n: "9", repeated: "0" },
            ],
          }),
        ),
      ),
  } as unknown as Pool;
  const reader = new ResultReader(pool, OPTIONS);
  const first = reader.read();
  const second = reader.read();
  const third = reader.read();
  assert.equal(answers.length, 1);
  answers[0]?.(1);
  assert.equal((await first).results.total, 1);
  await new Promise(setImmediate);
  assert.equal(answers.length, 2);
  answers[1]?.(2);
  assert.equal((await second).results.total, 2);
  assert.equal((await third).results.total, 2);
  assert.equal((await third).persisted, 9);
});
