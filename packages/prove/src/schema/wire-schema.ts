import type { Block, Schema } from "./schema.js";

/** A schema as the protocol's message of that name. */
export function wireSchema({ version, block }: Schema): object {
  return { version, block: wireBlock(block) };
}

export function wireSchemas(schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, wireSchema(schema)]));
}

function wireBlock({ attributes = {}, block_types = {} }: Block): object {
  return {
    attributes: Object.entries(attributes).map(([name, { type, ...flags }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      ...flags,
    })),
    block_types: Object.entries(block_types).map(([type_name, { nesting_mode, block, min_items = 0, max_items = 0 }]) => ({
      type_name,
      block: wireBlock(block),
      nesting: nesting_mode.toUpperCase(),
      min_items,
      max_items,
    })),
  };
}
