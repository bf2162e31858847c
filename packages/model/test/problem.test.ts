import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PROBLEM_CODES } from "../src/index.js";

const page = readFileSync(new URL("../../../docs/problems.md", import.meta.url), "utf8");
const sections = page.split(/^## /m).slice(1);

test("docs/problems.md has one section for each code, in the order of the codes, and no other", () => {
  assert.deepEqual(
    sections.map((section) => section.split("\n")[0]),
    [...PROBLEM_CODES],
  );
});

test("each section says what is wrong, shows it, and says how to put it right", () => {
  const shape = /^[A-Z_]+\n\n[A-Z`][\s\S]+?\n\n```(ts|text)\n[\s\S]+?\n```\n\nFix: [\s\S]+\.\s*$/;
  for (const section of sections) assert.match(section, shape);
});
