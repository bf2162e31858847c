import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsFrom } from "../src/options.js";

test("without settings the poll is Cats or Dogs", () => {
  assert.deepEqual(optionsFrom({}), [
    { id: "a", label: "Cats" },
    { id: "b", label: "Dogs" },
  ]);
});

test("OPTION_A and OPTION_B name the two classic options", () => {
  assert.deepEqual(
    optionsFrom({ OPTION_A: " Tea ", OPTION_B: "Coffee" }).map((option) => option.label),
    ["Tea", "Coffee"],
  );
});

test("OPTIONS lists more options, with ids by letter or of their own", () => {
  assert.deepEqual(optionsFrom({ OPTIONS: "Cats, Dogs, bird=Birds of prey", OPTION_A: "ignored" }), [
    { id: "a", label: "Cats" },
    { id: "b", label: "Dogs" },
    { id: "bird", label: "Birds of prey" },
  ]);
});

for (const [what, list, sentence] of [
  ["one option", "Cats", "OPTIONS must list 2 to 26 options, separated by commas; found 1"],
  ["an id twice", "x=Cats, x=Dogs", "OPTIONS must give each option an id of its own"],
  ["an empty label", "Cats,, Dogs", "OPTIONS: option 2 has no label"],
  ["an id that cannot be one", "A!=Cats, Dogs", 'OPTIONS: "A!" cannot be an id; use lower-case letters, digits, - and _ (at most 32)'],
] as const) {
  test(`OPTIONS with ${what} is refused with a sentence`, () => {
    assert.throws(() => optionsFrom({ OPTIONS: list }), { message: sentence });
  });
}
