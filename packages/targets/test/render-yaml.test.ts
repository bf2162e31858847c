import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { anchored, inline, listing, map, noted, quoted, renderYaml, sameAs, section } from "../src/text/yaml.js";

test("a file is its comments and values, as one would write them", () => {
  const text = renderYaml(
    "Header.\n\n  indented",
    map({
      "x-shared": section("Why.", anchored("shared", map({ a: 1, left_out: undefined }))),
      services: section(
        "",
        map({ web: section("First.", map({ "<<": sameAs("shared"), ports: [quoted("80:80")] })), db: section("Second.", null) }),
      ),
      list: [noted("Of an item.", "one"), inline(["two", "three"])],
      none: listing("Nothing.", [], () => ["", null]),
    }),
  );
  assert.equal(
    text,
    `# Header.
#
#   indented

# Why.
x-shared: &shared
  a: 1

services:
  # First.
  web:
    <<: *shared
    ports:
      - "80:80"

  # Second.
  db:
list:
  # Of an item.
  - one
  - [two, three]
`,
  );
});

test("names and values that older readers take for something else stay text", () => {
  const words = ["yes", "no", "on", "off", "y", "n", "null", "007", "1_000", "12:30", "0x1f", "1e3", "~", "2001-01-01"];
  const text = renderYaml("Header.", map(Object.fromEntries(words.map((word) => [word, word]))));
  for (const version of ["1.1", "1.2"] as const) {
    assert.deepEqual(parse(text, { version }), Object.fromEntries(words.map((word) => [word, word])), version);
  }
});

test("no line is folded, and a comment cannot end before its text does", () => {
  const long = "word ".repeat(60).trim();
  const text = renderYaml("Header.", map({ plain: long, quoted: quoted(`${long}\n${long}`), noted: noted("one\rtwo\u2028three", 1) }));
  assert.deepEqual(text.trim().split("\n"), [
    "# Header.",
    "",
    `plain: ${long}`,
    `quoted: "${long}\\n${long}"`,
    "# one two three",
    "noted: 1",
  ]);
});
