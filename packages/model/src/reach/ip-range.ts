import { canonicalCidr } from "../validation/cidr.js";

/** First and last address of a range, as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Whether a range is so wide that who may come from it is anyone: wider than a /8 (IPv4) or a /16 (IPv6), which no one party has. */
export function isWorld(cidr: string): boolean {
  const prefix = /\/(\d+)$/.exec(cidr)?.[1];
  return prefix !== undefined && Number(prefix) < (cidr.includes(":") ? 16 : 8);
}

/** Whether every address of `inner` is one of `outer`. Of what is no IPv4 range: whether both are the same. */
export function covers(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return a === null || b === null ? outer === inner : a.first <= b.first && b.last <= a.last;
}

/** Whether two IPv4 ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== null && b !== null && a.first <= b.last && b.first <= a.last;
}

function rangeOf(cidr: string): Range | null {
  const [address = "", prefix = ""] = canonicalCidr(cidr)?.split("/") ?? [];
  if (address === "") return null;
  const first = address.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}
