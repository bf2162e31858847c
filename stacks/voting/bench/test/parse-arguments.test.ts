import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@voting/proof";
import { parseArguments, SECTIONS } from "../src/parse-arguments.js";

test("without arguments everything is measured", () => {
  const { sections, viewers, seconds, rows } = parseArguments([]);
  assert.deepEqual([...sections], [...SECTIONS]);
  assert.deepEqual([viewers, seconds, rows], [[5_000, 10_000], 15, 10_000_000]);
});

test("sections and numbers of viewers are lists with commas", () => {
  const { sections, viewers } = parseArguments(["--only", "viewers,steady", "--viewers", "100,200"]);
  assert.deepEqual([...sections], ["viewers", "steady"]);
  assert.deepEqual(viewers, [100, 200]);
});

test("all problems are told at once", () => {
  const words = ["--only", "viewers,speed", "--seconds", "0", "--viewers", "5000,many"];
  assert.throws(
    () => parseArguments(words),
    (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual(error.message.split("\n"), [
        '--only takes storage, steady, full, overload, viewers, tallies, with commas between them; found "speed"',
        '--seconds must be a whole number above 0, found "0"',
        '--viewers must be a whole number above 0, found "many"',
      ]);
      return true;
    },
  );
  assert.throws(() => parseArguments(["--fast"]), UsageError);
});
