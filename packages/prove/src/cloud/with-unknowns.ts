import type { Block } from "../schema/schema.js";
import { isValues, UNKNOWN, type Value, type Values } from "../values/value.js";

/** The values with each computed one that has none marked as unknown, in blocks too: AWS decides it. */
export function withUnknowns({ attributes = {}, block_types = {} }: Block, values: Values): Values {
  const marked: Record<string, Value> = { ...values };
  for (const [name, { computed, write_only }] of Object.entries(attributes)) {
    if (computed === true && write_only !== true && (values[name] ?? null) === null) marked[name] = UNKNOWN;
    if (write_only === true) marked[name] = null;
  }
  for (const [name, { block }] of Object.entries(block_types)) {
    const inner = (value: Value) => (isValues(value) ? withUnknowns(block, value) : value);
    const value = values[name];
    if (value !== undefined) marked[name] = Array.isArray(value) ? value.map(inner) : inner(value);
  }
  return marked;
}
