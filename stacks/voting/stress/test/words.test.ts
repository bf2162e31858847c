import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure, parseDuration } from "@voting/proof";
import type { Load } from "../src/load.js";
import { parseStressWords } from "../src/parse-stress-words.js";
import { parseSplit, sharedOut } from "../src/split.js";

const loadOf = (line: string): Load => parseStressWords(line.split(" ")).load;

function refusalOf(line: string): string {
  try {
    parseStressWords(line === "" ? [] : line.split(" "));
  } catch (error) {
    assert.ok(error instanceof Failure && error.exitCode === 2, String(error));
    return error.message;
  }
  return assert.fail(`"${line}" was taken`);
}

test("a load is two numbers, a preset, or a rate and a time", () => {
  assert.deepEqual(loadOf("1000 40"), { kind: "closed", votes: 1_000, parallel: 40, split: [60, 40] });
  const presets = ["light", "moderate", "heavy", "extreme", "insane"].map((name) => {
    const load = loadOf(name);
    return [load.votes, load.kind === "closed" ? load.parallel : null];
  });
  assert.deepEqual(presets, [
    [100, 10],
    [500, 20],
    [1_000, 40],
    [2_000, 50],
    [5_000, 100],
  ]);
  const open = { kind: "open", votes: 90, votesPerSecond: 1.5, durationMs: 60_000, split: [70, 30] };
  assert.deepEqual(loadOf("--rate 1.5 --for 60s --split 70/30"), open);
});

test("words that make no load are refused with what is allowed", () => {
  const refusals: Readonly<Record<string, RegExp>> = {
    "": /give the number of votes and how many at a time/,
    "1000": /give the number of votes and how many at a time/,
    "0 10": /VOTES must be a whole number from 1 to 10,000,000, found "0"/,
    "10 0": /PARALLEL must be a whole number from 1 to 2,000, found "0"/,
    "1e3 10": /VOTES must be a whole number/,
    "-5 10": /there is no option -5/,
    "10 10 10": /"10" is one word too many/,
    heavvy: /neither a number of votes nor one of light, .*; did you mean heavy\?/,
    "heavy 10": /heavy says how many votes and how many at a time; "10" is one word too many/,
    constructor: /neither a number of votes nor one of/,
    "--rate 10": /--rate needs --for/,
    "--for 60s": /--for needs --rate/,
    "--rate 0 --for 60s": /--rate must be more than 0/,
    "--rate 10 --for 60": /--for is a time like 500ms, 60s or 2m, found "60"/,
    "--rate 1 --for 1ms": /makes 0 votes; it must be 1 to/,
    "10 5 --rate 10 --for 1s": /"10 5" is too much/,
    "10 5 --split 60": /--split is written 60\/40/,
    "10 5 --rpeort x": /there is no option --rpeort; did you mean --report\?/,
    "10 5 --constructor": /there is no option --constructor/,
    "10 5 --report": /--report needs a value: --report FILE/,
    "10 5 --json --json": /--json is given twice/,
    "10 5 --json=yes": /--json takes no value/,
    "10 5 --vote localhost:80": /"localhost:80" is not an http:\/\/ address/,
    "10 5 --db http://x": /--db is not a postgres:\/\/ address/,
  };
  for (const [line, sentence] of Object.entries(refusals)) assert.match(refusalOf(line), sentence, line);
});

test("everything that is wrong is said at once", () => {
  assert.equal(refusalOf("0 0 --vote x --bogus").split("\n").length, 4);
});

test("a duration has a unit", () => {
  assert.deepEqual(
    ["500ms", "60s", "1.5m", "60", "s", "1h", "-1s"].map((text) => parseDuration(text, ["ms", "s", "m"])),
    [500, 60_000, 90_000, null, null, null, null],
  );
});

test("a split gives each option its share after every few votes", () => {
  const options = sharedOut(["a", "b", "c"], [50, 30, 20]);
  const ten = Array.from({ length: 10 }, () => options.next().value)
    .sort()
    .join("");
  assert.equal(ten, "aaaaabbbcc");
  const classic = sharedOut(["a", "b"], [60, 40]);
  assert.equal(Array.from({ length: 5 }, () => classic.next().value).join(""), "ababa");
  assert.deepEqual(["60/40", "1/0", "0/0", "60", "60/", "a/b", "1/-1"].map(parseSplit), [[60, 40], [1, 0], null, null, null, null, null]);
});
