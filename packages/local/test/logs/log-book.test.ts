import assert from "node:assert/strict";
import { test } from "node:test";
import { LogBook } from "../../src/logs/log-book.js";

test("the book keeps the newest 2,000 lines, oldest first", () => {
  const book = new LogBook();
  for (let index = 0; index < 9_999; index++) book.add("vote", "stdout", `line ${index}`);
  const lines = book.lines();
  assert.equal(lines.length, 2_000);
  assert.equal(lines[0]?.text, "line 7999");
  assert.equal(lines.at(-1)?.text, "line 9998");
});

test("a listener hears of every new line until it stops listening", () => {
  const book = new LogBook();
  const heard: string[] = [];
  book.add("vote", "stdout", "before");
  const stop = book.listen((line) => heard.push(`${line.from} ${line.stream} ${line.text}`));
  book.add("db", "stderr", "during");
  stop();
  book.add("vote", "stdout", "after");
  assert.deepEqual(heard, ["db stderr during"]);
});

test("the tail of a part is its own newest lines", () => {
  const book = new LogBook();
  for (const text of ["a", "b", "c"]) {
    book.add("vote", "stdout", text);
    book.add("db", "stdout", "noise");
  }
  assert.deepEqual(
    book.tail("vote", 2).map((line) => line.text),
    ["b", "c"],
  );
});
