import { AWS } from "../builder/aws.js";
import { defaultsOf } from "../builder/shape.js";
import type { AwsDefinition, HostDefinition, Subnet } from "../definition.js";
import type { PlannedHost } from "../plan.js";

/** The range of the whole network; the subnets lie in it. */
export const NETWORK_CIDR = "10.0.0.0/16";

const SUBNET_CIDR: Readonly<Record<Subnet, Readonly<Record<Zone, string>>>> = {
  public: { 1: "10.0.1.0/24", 2: "10.0.11.0/24" },
  private: { 1: "10.0.2.0/24", 2: "10.0.12.0/24" },
};

type Zone = PlannedHost["zone"];

/** The range of a subnet in an availability zone. */
export function subnetCidr(subnet: Subnet, zone: Zone): string {
  return SUBNET_CIDR[subnet][zone];
}

/** The hosts in the order of declaration; the first public one is the bastion. In two zones the hosts of each subnet alternate. */
export function plannedHosts(
  hosts: readonly HostDefinition[],
  startOrder: readonly string[],
  availabilityZones: 1 | 2,
): readonly PlannedHost[] {
  const bastion = hosts.find(({ subnet }) => subnet === "public");
  return hosts.map((host, index) => {
    const before = hosts.slice(0, index).filter(({ subnet }) => subnet === host.subnet).length;
    const zone = availabilityZones === 2 && before % 2 === 1 ? 2 : 1;
    return {
      name: host.name,
      subnet: host.subnet,
      zone,
      cidr: subnetCidr(host.subnet, zone),
      bastion: host === bastion,
      runs: startOrder.filter((name) => host.runs.includes(name)),
    };
  });
}

const DEFAULT_INSTANCE_TYPE = "t3.micro";

/** The options of `s.aws`, or their defaults, with an instance type for every host. */
export function awsPlan(definition: AwsDefinition | null, hosts: readonly { readonly name: string }[]): AwsDefinition {
  const aws = definition ?? defaultsOf(AWS);
  // A map: a host may have the name of something that every object has, such as "constructor".
  const types = new Map(Object.entries(aws.instanceTypes));
  return { ...aws, instanceTypes: Object.fromEntries(hosts.map(({ name }) => [name, types.get(name) ?? DEFAULT_INSTANCE_TYPE])) };
}
