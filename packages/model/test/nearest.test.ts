import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearest } from "../src/nearest.js";

test("the distance counts inserted, removed, replaced and swapped letters", () => {
  const distances = [
    ["redis", "redis", 0],
    ["redsi", "redis", 1],
    ["rdis", "redis", 1],
    ["rediss", "redis", 1],
    ["radis", "redis", 1],
    ["", "db", 2],
    ["kitten", "sitting", 3],
  ] as const;
  for (const [a, b, distance] of distances) {
    assert.equal(editDistance(a, b), distance, `${a} ${b}`);
    assert.equal(editDistance(b, a), distance, `${b} ${a}`);
  }
});

test("a misspelt word finds its nearest candidate, whatever its case", () => {
  assert.equal(nearest("redsi", ["result", "redis", "vote"]), "redis");
  assert.equal(nearest("Vote", ["result", "vote"]), "vote");
  assert.equal(nearest("bd", ["db"]), "db");
});

test("of candidates that are equally near the first is taken", () => {
  assert.equal(nearest("vot", ["vote", "vot2"]), "vote");
});

test("nothing is suggested for a word that is near to nothing", () => {
  assert.equal(nearest("mailer", ["redis", "vote"]), null);
  assert.equal(nearest("ab", ["cd"]), null);
  assert.equal(nearest("vote", []), null);
});
