import type { Attribute, AttributeType, Block } from "../schema/schema.js";
import { isUnknown, isValues, textOf, type Value, type Values } from "../values/value.js";
import { awsDefault } from "./aws-defaults.js";
import type { Cloud } from "./cloud.js";
import { COMPUTED } from "./computed.js";
import type { Facts } from "./facts.js";
import { kindOf } from "./kinds.js";
import { stableHash } from "./stable-hash.js";

/**
 * What a resource has once it is made: every unknown value of the plan gets one, by the first that knows it: the table of computed values,
 * the form of its id and ARN, AWS' defaults, and then its name and type.
 */
export function realValues(cloud: Cloud, type: string, planned: Values, block: Block): Values {
  const hash = freshHash(cloud, type, planned);
  let values = planned;
  const fill = (name: string, value: () => Value | undefined) => {
    if (!isUnknown(values[name])) return;
    const found = value();
    if (found !== undefined) values = { ...values, [name]: found };
  };
  const facts = (): Facts => ({ cloud, type, values, hash });

  for (const name of generatedNames(block)) fill(name, () => `${textOf(values[`${name}_prefix`]) ?? "terraform-"}${hash}`);
  const kind = kindOf(type, textOf(values.name) !== null);
  for (const [name, compute] of Object.entries(COMPUTED[type] ?? {})) fill(name, () => compute(facts()));
  fill("id", () => rendered(kind.id, facts()));
  fill("arn", () => (kind.arn === undefined ? rendered("{id}", facts()) : `arn:aws:${rendered(kind.arn, facts())}`));
  return filledBlock(block, values, "", facts());
}

/** Names that may be left to Terraform: those with a prefix to choose. */
function generatedNames({ attributes = {} }: Block): readonly string[] {
  return Object.keys(attributes).filter((name) => `${name}_prefix` in attributes);
}

function freshHash(cloud: Cloud, type: string, planned: Values): string {
  const text = `${type} ${JSON.stringify(planned)}`;
  // Several of a kind that are configured alike differ only in which of them comes first.
  for (let number = 0; ; number++) {
    const hash = stableHash(`${text} ${number}`);
    if (!cloud.all(type).some(({ id }) => id.includes(hash))) return hash;
  }
}

function rendered(form: string, { cloud, values, hash }: Facts): string {
  const uuid = hash.padEnd(32, hash).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const given: Readonly<Record<string, string>> = { hash, uuid, region: cloud.region, account: cloud.account };
  return form.replace(/\{(\w+)\}/g, (_, name: string) => given[name] ?? textOf(values[name]) ?? (name === "path" ? "/" : ""));
}

function filledBlock({ attributes = {}, block_types = {} }: Block, values: Values, path: string, facts: Facts): Values {
  const filled: Record<string, Value> = { ...values };
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.write_only === true) filled[name] = null;
    else if (isUnknown(values[name])) filled[name] = computedValue(name, attribute, `${path}${name}`, values, facts);
  }
  for (const [name, { block }] of Object.entries(block_types)) {
    const inner = (value: Value) => (isValues(value) ? filledBlock(block, value, `${path}${name}.`, facts) : value);
    const value = values[name];
    if (Array.isArray(value)) filled[name] = value.map(inner);
    else if (value !== undefined) filled[name] = inner(value);
  }
  return filled;
}

/** @param beside The values of the same block. */
function computedValue(name: string, { type }: Attribute, path: string, beside: Values, facts: Facts): Value {
  const { cloud } = facts;
  const known = awsDefault(facts.type, path);
  if (known !== undefined) return known;
  if (type !== "string") return emptyOf(type);
  if (/^(owner_id|account_id|registry_id|owner)$/.test(name)) return cloud.account;
  if (name === "volume_id") return `vol-0${stableHash(`${facts.hash} ${path} ${textOf(beside.device_name)}`)}`;
  if (name === "region") return cloud.region;
  if (name === "availability_zone") return `${cloud.region}a`;
  if (/(^|_)(dns_name|endpoint|address|fqdn|domain_name)$/.test(name))
    return `${facts.hash}.${facts.type.split("_")[1]}.${cloud.region}.amazonaws.com`;
  return "";
}

/** What an attribute that says nothing has: "", 0, false, or nothing in it. */
export function emptyOf(type: AttributeType): Value {
  if (type === "bool") return false;
  if (type === "number") return 0;
  if (type === "string") return "";
  if (type[0] === "object") return Object.fromEntries(Object.entries(type[1]).map(([name, inner]) => [name, emptyOf(inner)]));
  return type[0] === "map" ? {} : [];
}
