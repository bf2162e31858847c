import { type NetworkRule, type Plan, planOf, type RuleSet } from "@groundplan/model";
import { votingStack } from "@groundplan/testing";

/** Rules as somebody wrote them: "db ingress 5432 from app", "app egress 443 to 0.0.0.0/0". What has no slash and is not the operator is a group. */
export function rulesFrom(...lines: readonly string[]): readonly NetworkRule[] {
  return lines.map((line) => {
    const [group = "", direction = "", port = "", , other = ""] = line.split(" ");
    if (direction !== "ingress" && direction !== "egress") throw new Error(`no direction in "${line}"`);
    const isCidr = other.includes("/") || other === "operator_cidr";
    return { group, direction, port: Number(port), protocol: "tcp", source: isCidr ? { cidr: other } : { group: other }, purpose: line };
  });
}

const [host] = planOf(votingStack()).hosts;
if (host === undefined) throw new Error("the voting stack has hosts");

/** Two hosts, one public and one private, with these rules. */
export function twoHosts(...lines: readonly string[]): RuleSet {
  return {
    hosts: [
      { ...host, name: "web", subnet: "public", cidr: "10.0.1.0/24", bastion: true, runs: [] },
      { ...host, name: "db", subnet: "private", cidr: "10.0.2.0/24", bastion: false, runs: [] },
    ] as Plan["hosts"],
    rules: rulesFrom(...lines),
  };
}

/** A plan with other rules than those that follow from it. */
export function withRules(plan: Plan, change: (rules: readonly NetworkRule[]) => readonly NetworkRule[]): Plan {
  return { ...plan, rules: change(plan.rules) };
}
