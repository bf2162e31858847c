import { type NetworkRule, OPERATOR_CIDR, type ReachEnd, type RuleSet } from "@groundplan/model";

/** Address of each end, by name. */
export type Addresses = ReadonlyMap<ReachEnd, string>;

/**
 * A host's rules for nftables, as a cloud's security group holds them: what no rule lets in or out is dropped without an answer, and the
 * answers of a connection that was let through need no rule. Line for rule: who reaches whom is left to the kernel to find out.
 */
export function renderNftables(host: string, { rules }: RuleSet, addresses: Addresses): string {
  const own = rules.filter(({ group }) => group === host);
  const chain = (hook: "input" | "output", direction: NetworkRule["direction"], address: "saddr" | "daddr"): readonly string[] => [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority filter; policy drop;`,
    "    ct state established,related accept",
    `    ${hook === "input" ? "iif" : "oif"} lo accept`,
    ...own
      .filter((rule) => rule.direction === direction)
      .map((rule) => `    ip ${address} ${rangeOf(rule, addresses)} ${rule.protocol} dport ${rule.port} accept`),
    "  }",
  ];
  return `${["flush ruleset", "table inet security_group {", ...chain("input", "ingress", "saddr"), ...chain("output", "egress", "daddr"), "}"].join("\n")}\n`;
}

function rangeOf({ source }: NetworkRule, addresses: Addresses): string {
  if ("cidr" in source && source.cidr !== OPERATOR_CIDR) return source.cidr;
  const name = "group" in source ? source.group : "operator";
  const address = addresses.get(name);
  if (address === undefined) throw new Error(`a rule names "${name}", which has no address`);
  return address;
}
