import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSplitter, LONGEST_LINE } from "../src/index.js";

function linesOf(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((text) => lines.push(text), LONGEST_LINE);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("lines are put together from chunks that end in the middle of one", () => {
  assert.deepEqual(linesOf("fir", "st\nsec", "ond\n", "third\nfourth\n"), ["first", "second", "third", "fourth"]);
});

test("a last line without an end is a line, an empty rest is not", () => {
  assert.deepEqual(linesOf("one\ntwo"), ["one", "two"]);
  assert.deepEqual(linesOf("one\n"), ["one"]);
});

test("empty lines are kept and Windows line ends are understood", () => {
  assert.deepEqual(linesOf("a\r\n\r\nb\n\nc"), ["a", "", "b", "", "c"]);
});

test("a character that is cut in two by a chunk comes out whole", () => {
  const bytes = Buffer.from("käse 🗳\n");
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(linesOf(bytes.subarray(0, cut), bytes.subarray(cut)), ["käse 🗳"]);
});

test("a very long line is cut, says so, and the next one is whole", () => {
  const half = "x".repeat(LONGEST_LINE);
  assert.deepEqual(linesOf(half, half, "\nnext\n"), [`${half}... (cut)`, "next"]);
  assert.deepEqual(linesOf(half, "\n"), [half]);
});
