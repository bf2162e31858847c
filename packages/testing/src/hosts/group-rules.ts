import { INTERNET, OPERATOR, type Plan, reachability } from "@groundplan/model";

/** Interfaces of a test host: in the network of all hosts, and of a public one towards the internet. */
export const INSIDE = "eth0";
export const OUTSIDE = "eth1";

/**
 * What a host's security group does, for nftables: at the interface, before Docker sees a packet. Only what begins a TCP connection is looked
 * at; answers and all else pass.
 */
export function groupRules(plan: Plan, host: string, addresses: ReadonlyMap<string, string>): string {
  const into = reachability(plan).filter(({ to }) => to === host);
  const inside = [...addresses].flatMap(([name, address]) => {
    const ports = into.filter(({ from }) => from === name).map(({ port }) => port);
    return accept(`ip saddr ${address} `, ports);
  });
  const outside = accept("", [...new Set(into.filter(({ from }) => from === INTERNET || from === OPERATOR).map(({ port }) => port))]);
  const isPublic = plan.hosts.some(({ name, subnet }) => name === host && subnet === "public");
  return ["table netdev groups {", ...chain(INSIDE, inside), ...(isPublic ? chain(OUTSIDE, outside) : []), "}"].join("\n");
}

function accept(condition: string, ports: readonly number[]): readonly string[] {
  return ports.length === 0 ? [] : [`${condition}tcp dport { ${ports.join(", ")} } accept`];
}

function chain(device: string, accepted: readonly string[]): readonly string[] {
  return [
    `chain ${device} {`,
    `type filter hook ingress device "${device}" priority 0; policy accept;`,
    "tcp flags & (syn | ack) != syn accept",
    ...accepted,
    "meta l4proto tcp drop",
    "}",
  ];
}
