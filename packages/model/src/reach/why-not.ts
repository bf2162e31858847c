import type { NetworkRule } from "../plan.js";
import { INTERNET, OPERATOR, type ReachEnd, type RuleSet } from "./reach.js";
import { gatesBetween } from "./reachability.js";

/**
 * Why the rules refuse a connection, a sentence for each border that refuses it.
 * Empty: they do not, or both ends are the same host, whose inner connections no rule holds up.
 *
 * @param port `null`: on any port.
 * @example whyNot(INTERNET, "database", 5432, plan)   // ["no ingress rule of database lets in the internet on port 5432 ..."]
 */
export function whyNot(from: ReachEnd, to: ReachEnd, port: number | null, facts: RuleSet): readonly string[] {
  if (from === to) return [];
  const { egress, ingress } = gatesBetween(from, to, facts);
  const onPort = (rules: readonly NetworkRule[] | null) => rules?.filter((rule) => port === null || rule.port === port) ?? null;
  const [out, into] = [onPort(egress), onPort(ingress)];
  const what = port === null ? "any port" : `port ${port}`;
  const sentences = [
    ...(out?.length === 0 ? [`no egress rule of ${from} lets it out to ${calledEnd(to)} on ${what}`] : []),
    ...(into?.length === 0 ? [`no ingress rule of ${to} lets in ${calledEnd(from)} on ${what}${othersLetIn(to, port, facts)}`] : []),
  ];
  if (sentences.length > 0 || out === null || into === null) return sentences;
  if (out.some((one) => into.some((other) => one.port === other.port && one.protocol === other.protocol))) return [];
  return [`${from} may send to ${to} on ${portsOf(out)} only, and ${to} lets it in on ${portsOf(into)} only`];
}

/** As a sentence calls it: "the internet". */
export function calledEnd(end: ReachEnd): string {
  return end === INTERNET || end === OPERATOR ? `the ${end}` : end;
}

function othersLetIn(to: ReachEnd, port: number | null, { rules }: RuleSet): string {
  const others = rules.filter((rule) => rule.group === to && rule.direction === "ingress" && rule.port === port);
  if (others.length === 0) return "";
  return ` (only ${[...new Set(others.map(({ source }) => ("cidr" in source ? source.cidr : source.group)))].join(", ")})`;
}

function portsOf(rules: readonly NetworkRule[]): string {
  const ports = [...new Set(rules.map(({ port }) => port))].sort((a, b) => a - b);
  return `${ports.length === 1 ? "port" : "ports"} ${ports.join(", ")}`;
}
