import type { NetworkRule } from "../plan.js";
import { includes, outsideOf } from "./ends.js";
import { OPERATOR, type Reach, type ReachEnd, type RuleSet } from "./reach.js";

/**
 * Every connection that crosses a host's border and that the rules let through, and why: from the rules alone, as a cloud decides it.
 * Between hosts it takes the sender's egress and the receiver's ingress; answers need no rule (security groups are stateful).
 * What stays on one host is not in it: no rule holds it up. Nor is routing: a private host that is open to the world is listed, though no
 * address leads to it as long as it has none. Sorted by sender (outside first), receiver and port.
 *
 * @example reachability(planOf(definition)).some(({ from, to }) => from === INTERNET && to === "database")   // false
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
