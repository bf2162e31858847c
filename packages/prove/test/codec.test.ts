import assert from "node:assert/strict";
import { test } from "node:test";
import { ExtData, encode } from "@msgpack/msgpack";
import { decodeValue, encodeValue } from "../src/protocol/provider-calls.js";
import { UNKNOWN, type Value } from "../src/values/value.js";

test("a value comes back as it went: null, texts, numbers, booleans, lists, maps and unknown values inside them", () => {
  const value: Value = {
    nothing: null,
    text: "ü",
    whole: 65_535,
    negative: -1,
    fraction: 0.5,
    yes: true,
    set: ["a", UNKNOWN],
    map: { Name: "x", Later: UNKNOWN },
    empty: [],
  };
  assert.deepEqual(decodeValue(encodeValue(value)), value);
  assert.equal(decodeValue(encodeValue(UNKNOWN)), UNKNOWN);
});

test("an unknown value is extension type 0 on the wire", () => {
  assert.deepEqual([...encodeValue(UNKNOWN)], [0xd4, 0, 0]);
});

test("an unknown value with refinements is read as unknown", () => {
  const refined = encode({ id: new ExtData(12, encode(new Map([[1, false]]))) });
  assert.deepEqual(decodeValue(refined), { id: UNKNOWN });
});

test("a number that no float holds stays the text that Terraform sends", () => {
  assert.equal(decodeValue(encode("12345678901234567890123")), "12345678901234567890123");
});
