import assert from "node:assert/strict";
import type { Plan } from "@groundplan/model";
import { hostsPlanOf } from "../../src/aws/hosts-plan.js";
import type { Attribute, Block, HclItem } from "../../src/aws/terraform/hcl.js";
import { type HclValue, Raw } from "../../src/aws/terraform/hcl.js";
import { terraformFiles } from "../../src/aws/terraform/render-terraform.js";

/** A resource, data source, variable or output of the root module. */
export interface Entry {
  /** "resource", "data", "variable" or "output". */
  readonly kind: string;
  /** "aws_instance"; empty for variables and outputs. */
  readonly type: string;
  readonly label: string;
  readonly body: readonly HclItem[];
  readonly file: string;
}

/** Everything with a name in the files of a plan; `bootstrap`: of its second root module instead. */
export function entriesOf(plan: Plan, bootstrap = false): readonly Entry[] {
  return terraformFiles(hostsPlanOf(plan))
    .filter(({ path }) => path.startsWith("bootstrap/") === bootstrap)
    .flatMap(({ path, items }) => blocksIn(items).map((block) => entryOf(block, path)))
    .filter(({ kind }) => ["resource", "data", "variable", "output"].includes(kind));
}

function entryOf({ type: kind, labels, body }: Block, file: string): Entry {
  const [type = "", label = ""] = labels.length === 2 ? labels : ["", labels[0]];
  return { kind, type, label: label, body, file };
}

/** A host as Terraform's own names have it. */
export const asLabel = (host: string): string => host.replaceAll("-", "_");

export const resourcesOf = (plan: Plan, type: string): readonly Entry[] =>
  entriesOf(plan).filter((entry) => entry.kind === "resource" && entry.type === type);

export function resource(plan: Plan, type: string, label: string): Entry {
  return resourcesOf(plan, type).find((entry) => entry.label === label) ?? assert.fail(`${type}.${label}`);
}

export const blocksIn = (items: readonly HclItem[]): readonly Block[] => items.filter((item) => item.hcl === "block");

export const attributesIn = (items: readonly HclItem[]): readonly Attribute[] => items.filter((item) => item.hcl === "attribute");

/** Attributes by name; an expression as its text. */
export function valuesOf({ body }: { readonly body: readonly HclItem[] }): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributesIn(body).map(({ name, value }) => [name, plain(value)]));
}

/** The values of the one block of this type. */
export function blockValues(entry: { readonly body: readonly HclItem[] }, type: string): Readonly<Record<string, unknown>> {
  const found = blocksIn(entry.body).filter((block) => block.type === type);
  assert.equal(found.length, 1, type);
  return valuesOf(found[0] ?? assert.fail());
}

function plain(value: HclValue): unknown {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]));
}
