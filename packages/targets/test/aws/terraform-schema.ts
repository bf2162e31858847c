import { readFileSync } from "node:fs";
import type { HclItem } from "../../src/aws/terraform/hcl.js";
import { attributesIn, blocksIn, type Entry } from "./terraform-reader.js";

interface Schema {
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly required?: boolean; readonly optional?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block; readonly min_items?: number; readonly max_items?: number }>>;
}

/** Terraform's own, that every resource takes. */
const META_ATTRIBUTES = ["count", "for_each", "depends_on", "provider"];
const META_BLOCKS = ["lifecycle"];

const schema: Schema = JSON.parse(readFileSync(new URL("../../../prove/data/aws-schema.json", import.meta.url), "utf8"));

/** What the AWS provider would say of a resource or data source: unknown names, what may not be set, what is missing. */
export function schemaProblems(entry: Entry): readonly string[] {
  const known = entry.kind === "data" ? schema.data_source_schemas : schema.resource_schemas;
  const found = known[entry.type];
  const at = `${entry.kind} ${entry.type}.${entry.label}`;
  return found === undefined ? [`${at}: unknown type`] : problemsIn(at, entry.body, found.block, META_ATTRIBUTES, META_BLOCKS);
}

function problemsIn(
  at: string,
  body: readonly HclItem[],
  block: Block,
  attributes: readonly string[] = [],
  blocks: readonly string[] = [],
): string[] {
  const names = attributesIn(body).map(({ name }) => name);
  const inner = blocksIn(body).filter(({ type }) => !blocks.includes(type));
  return [
    ...names.filter((name) => !attributes.includes(name)).flatMap((name) => attributeProblem(`${at}.${name}`, block.attributes?.[name])),
    ...Object.entries(block.attributes ?? {}).flatMap(([name, { required }]) =>
      required && !names.includes(name) ? [`${at}.${name} is missing`] : [],
    ),
    ...inner.flatMap(({ type, body: innerBody }) => {
      const nested = block.block_types?.[type];
      return nested === undefined ? [`${at}.${type}: no such block`] : problemsIn(`${at}.${type}`, innerBody, nested.block);
    }),
    ...Object.entries(block.block_types ?? {}).flatMap(([type, { min_items = 0, max_items = 0 }]) => {
      const count = inner.filter((each) => each.type === type).length;
      return count < min_items || (max_items > 0 && count > max_items) ? [`${at}.${type}: ${count} of them`] : [];
    }),
  ];
}

function attributeProblem(at: string, attribute: { readonly required?: boolean; readonly optional?: boolean } | undefined): string[] {
  if (attribute === undefined) return [`${at}: no such attribute`];
  return attribute.required || attribute.optional ? [] : [`${at} cannot be set`];
}
