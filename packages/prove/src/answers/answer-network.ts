import type { Cloud, CloudResource } from "../cloud/cloud.js";
import { Refusal } from "../protocol/provider.js";
import { blocksOf, isValues, textOf, textsOf, type Value, type Values } from "../values/value.js";
import type { Answer } from "./answer.js";

/** Attributes that a filter knows by another name. */
const FILTERS: Readonly<Record<string, string>> = {
  "vpc-id": "vpc_id",
  "cidr-block": "cidr_block",
  "availability-zone": "availability_zone",
};
const ATTRIBUTES = ["id", "vpc_id", "cidr_block", "availability_zone"];

/** The one VPC or subnet that was asked for. */
export function answerNetwork(type: string): Answer {
  return (cloud, config) => {
    const found = matchingResources(cloud, type, config);
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw new Refusal(
        "InvalidParameterValue",
        `${found.length} of ${type} match, one is needed. Here is only what the configuration itself makes, and a default VPC.`,
      );
    return { ...only.values };
  };
}

export function matchingResources(cloud: Cloud, type: string, config: Values): readonly CloudResource[] {
  const filters = blocksOf(config.filter).map(({ name, values }) => ({ name: textOf(name) ?? "", values: textsOf(values) }));
  return cloud
    .all(type)
    .filter(
      ({ values }) =>
        ATTRIBUTES.every((name) => textOf(config[name]) === null || config[name] === values[name]) &&
        (config.default !== true || values.default === true) &&
        (config.default_for_az !== true || values.default_for_az === true) &&
        hasTags(values, config.tags) &&
        filters.every((filter) => passes(values, filter)),
    );
}

function hasTags(values: Values, wanted: Value | undefined): boolean {
  const tags = isValues(values.tags_all) ? values.tags_all : {};
  return !isValues(wanted) || Object.entries(wanted).every(([name, value]) => tags[name] === value);
}

function passes(values: Values, { name, values: allowed }: { readonly name: string; readonly values: readonly string[] }): boolean {
  if (name.startsWith("tag:")) {
    const tag = isValues(values.tags_all) ? textOf(values.tags_all[name.slice("tag:".length)]) : null;
    return tag !== null && allowed.includes(tag);
  }
  if (name === "default-for-az") return allowed.includes(String(values.default_for_az === true));
  const value = textOf(values[FILTERS[name] ?? name]);
  return value !== null && allowed.includes(value);
}
