import { type NetworkRule, OPERATOR_CIDR, type RuleSource } from "../plan.js";
import { NETWORK_CIDR } from "../planning/planned-hosts.js";
import { sortedUnique } from "../planning/sorted.js";
import { canonicalCidr } from "../validation/cidr.js";
import { INTERNET, OPERATOR, type Reach, type ReachEnd, type RuleSet } from "./reach.js";

/** First and last address of a range, as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Every connection that crosses a host's border and that the rules let through, and why: from the rules alone, as a cloud decides it.
 * Between hosts it takes the sender's egress and the receiver's ingress; answers need no rule (security groups are stateful).
 * What stays on one host is not in it: no rule holds it up. Nor is routing: a private host that is open to the world is listed, though no
 * address leads to it as long as it has none. Sorted by sender (outside first), receiver and port.
 */
export function reachability(facts: RuleSet): readonly Reach[] {
  const hosts = facts.hosts.map(({ name }) => name);
  const outside = outsideOf(facts);
  // Nobody serves anything at the operator's address.
  const goals = outside.filter((end) => end !== OPERATOR);
  const pairs = [
    ...outside.flatMap((from) => hosts.map((to) => ({ from, to }))),
    ...hosts.flatMap((from) => [...hosts, ...goals].map((to) => ({ from, to }))),
  ];
  return pairs.filter(({ from, to }) => from !== to).flatMap(({ from, to }) => reachesBetween(from, to, facts));
}

/** The rules of one border that let this pair through. `null`: there is no border, the end is outside. */
export interface Gates {
  readonly egress: readonly NetworkRule[] | null;
  readonly ingress: readonly NetworkRule[] | null;
}

export function gatesBetween(from: ReachEnd, to: ReachEnd, facts: RuleSet): Gates {
  const gate = (direction: NetworkRule["direction"], group: ReachEnd, other: ReachEnd): readonly NetworkRule[] | null =>
    facts.hosts.some(({ name }) => name === group)
      ? facts.rules.filter((rule) => rule.group === group && rule.direction === direction && includes(rule.source, other, facts))
      : null;
  return { egress: gate("egress", from, to), ingress: gate("ingress", to, from) };
}

function reachesBetween(from: ReachEnd, to: ReachEnd, facts: RuleSet): readonly Reach[] {
  const { egress, ingress } = gatesBetween(from, to, facts);
  const services = new Map([...(egress ?? []), ...(ingress ?? [])].map((rule) => [serviceOf(rule), rule]));
  return [...services.values()]
    .sort((a, b) => a.port - b.port)
    .flatMap((service) => {
      const [out, into] = [egress, ingress].map((gate) => gate?.filter((rule) => serviceOf(rule) === serviceOf(service)));
      if (out?.length === 0 || into?.length === 0) return [];
      return [{ from, to, port: service.port, protocol: service.protocol, because: [...(out ?? []), ...(into ?? [])] }];
    });
}

function serviceOf({ port, protocol }: NetworkRule): string {
  return `${port}/${protocol}`;
}

/** Who is outside, in a fixed order: the internet, the operator, and each range that a rule names. */
function outsideOf({ rules }: RuleSet): readonly ReachEnd[] {
  const ranges = rules.flatMap(({ source }) => ("cidr" in source ? [source.cidr] : []));
  const named = ranges.filter((cidr) => cidr !== OPERATOR_CIDR && !isWorld(cidr) && !covers(NETWORK_CIDR, cidr));
  return [INTERNET, OPERATOR, ...sortedUnique(named)];
}

/**
 * Whether a rule's other end includes this end. A group is its host; a range is whoever has an address in it: everyone inside and
 * outside when it is the world, a host when it shares an address with the host's subnet, for the host's own is not known yet.
 */
function includes(source: RuleSource, end: ReachEnd, { hosts }: RuleSet): boolean {
  const host = hosts.find(({ name }) => name === end);
  if ("group" in source) return host !== undefined && source.group === host.name;
  if (source.cidr === OPERATOR_CIDR) return end === OPERATOR;
  if (isWorld(source.cidr)) return true;
  return host === undefined ? covers(source.cidr, end) : overlap(source.cidr, host.cidr);
}

/** Whether a range is so wide that who may come from it is anyone: wider than a /8 (IPv4) or a /16 (IPv6), which no one party has. */
function isWorld(cidr: string): boolean {
  const prefix = /\/(\d+)$/.exec(cidr)?.[1];
  return prefix !== undefined && Number(prefix) < (cidr.includes(":") ? 16 : 8);
}

/** Whether every address of `inner` is one of `outer`. Of what is no IPv4 range: whether both are the same. */
function covers(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return a === null || b === null ? outer === inner : a.first <= b.first && b.last <= a.last;
}

/** Whether two IPv4 ranges have an address in common. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== null && b !== null && a.first <= b.last && b.first <= a.last;
}

function rangeOf(cidr: string): Range | null {
  const [address = "", prefix = ""] = canonicalCidr(cidr)?.split("/") ?? [];
  if (address === "") return null;
  const first = address.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}
