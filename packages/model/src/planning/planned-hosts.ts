import type { HostDefinition, Subnet } from "../definition.js";
import type { PlannedHost } from "../plan.js";

/** The range of the whole network; the subnets lie in it. */
export const NETWORK_CIDR = "10.0.0.0/16";

const SUBNET_CIDR: Readonly<Record<Subnet, string>> = { public: "10.0.1.0/24", private: "10.0.2.0/24" };

/** The hosts in the order of declaration; the first public one is the bastion. */
export function plannedHosts(hosts: readonly HostDefinition[], startOrder: readonly string[]): readonly PlannedHost[] {
  const bastion = hosts.find(({ subnet }) => subnet === "public");
  return hosts.map((host) => ({
    name: host.name,
    subnet: host.subnet,
    cidr: SUBNET_CIDR[host.subnet],
    bastion: host === bastion,
    runs: startOrder.filter((name) => host.runs.includes(name)),
  }));
}
