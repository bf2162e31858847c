import { textOf } from "../values/value.js";
import { addressIn, parseCidr } from "./cidr.js";
import type { Cloud } from "./cloud.js";
import { stableNumber } from "./stable-hash.js";

/** AWS keeps the first four addresses of a subnet and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_AT_START = 4;
const KEPT = 5;

/** Kept for documentation, so that nobody has them: https://www.rfc-editor.org/rfc/rfc5737 */
const PUBLIC_RANGES = ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"];

const PRIVATE_ATTRIBUTES = ["private_ip"];
const PUBLIC_ATTRIBUTES = ["public_ip"];

/** A free address of a subnet. Empty when there is no such subnet, or none is free. */
export function privateAddress(cloud: Cloud, subnetId: string | null, hash: string): string {
  const range = parseCidr(textOf(cloud.find("aws_subnet", subnetId)?.values.cidr_block) ?? "");
  if (range === null) return "";
  return freeAddress(cloud, PRIVATE_ATTRIBUTES, hash, range.size - KEPT, (number) => addressIn(range, KEPT_AT_START + number));
}

/** A free address of the ranges that are kept for documentation. */
export function publicAddress(cloud: Cloud, hash: string): string {
  const ranges = PUBLIC_RANGES.flatMap((text) => parseCidr(text) ?? []);
  const perRange = 254;
  return freeAddress(cloud, PUBLIC_ATTRIBUTES, hash, ranges.length * perRange, (number) => {
    const range = ranges[Math.floor(number / perRange)];
    return range === undefined ? "" : addressIn(range, 1 + (number % perRange));
  });
}

function freeAddress(cloud: Cloud, attributes: readonly string[], hash: string, count: number, at: (number: number) => string): string {
  const taken = new Set(cloud.all().flatMap(({ values }) => attributes.map((name) => textOf(values[name]))));
  const start = stableNumber(hash, Math.max(1, count));
  for (let tries = 0; tries < count; tries++) {
    const address = at((start + tries) % count);
    if (!taken.has(address)) return address;
  }
  return "";
}
