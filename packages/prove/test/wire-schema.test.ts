import assert from "node:assert/strict";
import { test } from "node:test";
import { wireSchema } from "../src/protocol/provider-calls.js";
import { awsSchema } from "../src/schema/aws-schema.js";
import type { Block } from "../src/schema/schema.js";

test("a schema becomes the protocol's message: types as JSON text, flags, nesting and counts", () => {
  const wire = wireSchema({
    version: 2,
    block: {
      attributes: { cidr_block: { type: "string", required: true }, tags: { type: ["map", "string"], optional: true, computed: true } },
      block_types: { rule: { nesting_mode: "set", min_items: 1, block: { attributes: { port: { type: "number", optional: true } } } } },
    },
  });
  assert.deepEqual(wire, {
    version: 2,
    block: {
      attributes: [
        { name: "cidr_block", type: Buffer.from('"string"'), required: true },
        { name: "tags", type: Buffer.from('["map","string"]'), optional: true, computed: true },
      ],
      block_types: [
        {
          type_name: "rule",
          nesting: "SET",
          min_items: 1,
          max_items: 0,
          block: { attributes: [{ name: "port", type: Buffer.from('"number"'), optional: true }], block_types: [] },
        },
      ],
    },
  });
});

test("every attribute of the AWS schema can be set, is computed, or both, and no block is empty", () => {
  const schema = awsSchema();
  const named = [...Object.entries(schema.resource_schemas), ...Object.entries(schema.data_source_schemas)];
  assert.ok(named.length > 0);
  const wrong = named.flatMap(([type, { block }]) => strange(type, block));
  assert.deepEqual(wrong, []);
});

function strange(path: string, { attributes = {}, block_types = {} }: Block): readonly string[] {
  const own = Object.entries(attributes).filter(
    ([, { required = false, optional = false, computed = false }]) => required === (optional || computed) || (required && optional),
  );
  return [
    ...own.map(([name]) => `${path}.${name}`),
    ...Object.entries(block_types).flatMap(([name, { block }]) => strange(`${path}.${name}`, block)),
  ];
}
