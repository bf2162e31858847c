import { OPERATOR_CIDR, type RuleSource } from "../plan.js";
import { NETWORK_CIDR } from "../planning/planned-hosts.js";
import { sortedUnique } from "../planning/start-order.js";
import { covers, isWorld, overlap } from "./ip-range.js";
import { INTERNET, OPERATOR, type ReachEnd, type RuleSet } from "./reach.js";

/** Who is outside, in a fixed order: the internet, the operator, and each range that a rule names. */
export function outsideOf({ rules }: RuleSet): readonly ReachEnd[] {
  const ranges = rules.flatMap(({ source }) => ("cidr" in source ? [source.cidr] : []));
  const named = ranges.filter((cidr) => cidr !== OPERATOR_CIDR && !isWorld(cidr) && !covers(NETWORK_CIDR, cidr));
  return [INTERNET, OPERATOR, ...sortedUnique(named)];
}

/**
 * Whether a rule's other end includes this end. A group is its host; a range is whoever has an address in it: everyone inside and
 * outside when it is the world, a host when it shares an address with the host's subnet, for the host's own is not known yet.
 */
export function includes(source: RuleSource, end: ReachEnd, { hosts }: RuleSet): boolean {
  const host = hosts.find(({ name }) => name === end);
  if ("group" in source) return host !== undefined && source.group === host.name;
  if (source.cidr === OPERATOR_CIDR) return end === OPERATOR;
  if (isWorld(source.cidr)) return true;
  return host === undefined ? covers(source.cidr, end) : overlap(source.cidr, host.cidr);
}
