import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attribute,
  attributes,
  block,
  call,
  comment,
  gap,
  heading,
  quoted,
  raw,
  renderHcl,
  renderValue,
} from "../../src/aws/terraform/hcl.js";

const lines = (...all: readonly string[]) => `${all.join("\n")}\n`;

test("a string is escaped so that Terraform reads the same characters back", () => {
  assert.equal(quoted('say "hi"\\\n\tnow\r'), '"say \\"hi\\"\\\\\\n\\tnow\\r"');
});

test("what looks like a template in a string is none", () => {
  assert.equal(quoted(`\${a} %{c} $d %e {f}`), `"$\${a} %%{c} $d %e {f}"`);
});

test("values are written as HCL has them", () => {
  const values = [null, true, 3, "a", raw("var.a"), [], {}, ["a", 1], call("merge", { a: 1 }, raw("b"))];
  const expected = ["null", "true", "3", '"a"', "var.a", "[]", "{}", '["a", 1]', "merge({ a = 1 }, b)"];
  assert.deepEqual(values.map(renderValue), expected);
});

test("an object with several entries has a line for each, their signs in one column; keys that are no names are quoted", () => {
  assert.equal(
    renderValue({ a: 1, long_name: "x", "aws:key": true }),
    lines("{", "  a         = 1", '  long_name = "x"', '  "aws:key" = true', "}").trimEnd(),
  );
});

test("a list that is long, or holds what takes several lines, has a line for each item", () => {
  assert.equal(renderValue([{ a: 1, b: 2 }]), lines("[", "  {", "    a = 1", "    b = 2", "  },", "]").trimEnd());
  assert.equal(renderValue(Array(30).fill("item")).split("\n").length, 32);
});

test("neighbours have their signs in one column; a value of several lines and an empty line part them", () => {
  const body = [...attributes({ a: 1, bcdefg: 2, map: { x: 1, y: 2 }, e: 3, fghij: 4 }), gap, attribute("i", 5)];
  assert.equal(
    renderHcl(body),
    lines("a      = 1", "bcdefg = 2", "map = {", "  x = 1", "  y = 2", "}", "e     = 3", "fghij = 4", "", "i = 5"),
  );
});

test("blocks have an empty line around them, and none inside at their ends", () => {
  const inner = block("inner", [], attribute("x", 1));
  const file = [block("outer", ["a", "b"], attribute("y", 2), inner, attribute("z", 3)), block("empty", [])];
  assert.equal(
    renderHcl(file),
    lines('outer "a" "b" {', "  y = 2", "", "  inner {", "    x = 1", "  }", "", "  z = 3", "}", "", "empty {}"),
  );
});

test("a comment stands above what it explains; a heading above all, by itself", () => {
  const file = [
    ...heading("What", "for."),
    comment("Why."),
    block("a", [], attribute("x", 1), comment("Because."), attribute("long", 2), comment("Inside."), block("b", [])),
  ];
  assert.equal(
    renderHcl(file),
    lines("# What", "# for.", "", "# Why.", "a {", "  x = 1", "  # Because.", "  long = 2", "", "  # Inside.", "  b {}", "}"),
  );
});
