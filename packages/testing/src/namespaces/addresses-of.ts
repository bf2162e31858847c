import { INTERNET, OPERATOR, type RuleSet, reachability } from "@groundplan/model";
import type { Addresses } from "./render-nftables.js";

/** Of RFC 5737: in use nowhere, and in no range of a plan. */
const INTERNET_ADDRESS = "198.51.100.1";
const OPERATOR_ADDRESS = "192.0.2.1";

/** Clouds keep the first addresses of a subnet to themselves. */
const FIRST_HOST = 10;

/** An address for every end that a plan's rules know: each host in its subnet, the others outside. */
export function addressesOf(facts: RuleSet): Addresses {
  const hosts = facts.hosts.map(({ name, cidr }, index): [string, string] => [name, addressIn(cidr, FIRST_HOST + index)]);
  const ranges = reachability(facts)
    .flatMap(({ from, to }) => [from, to])
    .filter((end) => end.includes("/"));
  return new Map([
    [INTERNET, INTERNET_ADDRESS],
    [OPERATOR, OPERATOR_ADDRESS],
    ...ranges.map((range): [string, string] => [range, addressIn(range, range.endsWith("/32") ? 0 : 1)]),
    ...hosts,
  ]);
}

function addressIn(cidr: string, offset: number): string {
  const [network = ""] = cidr.split("/");
  const octets = network.split(".").map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + offset].join(".");
}
