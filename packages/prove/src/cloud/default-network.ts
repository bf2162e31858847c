import type { Cloud } from "./cloud.js";
import { addCompanions } from "./companions.js";

const ZONES = ["a", "b", "c"];

/** The VPC that every new account has in each region: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html */
export function addDefaultNetwork(cloud: Cloud): void {
  const id = "vpc-00000000000000000";
  if (cloud.find("aws_vpc", id) !== null) return;
  const vpc = cloud.put("aws_vpc", id, {
    id,
    cidr_block: "172.31.0.0/16",
    default: true,
    default_security_group_id: "sg-00000000000000000",
    main_route_table_id: "rtb-00000000000000000",
  });
  addCompanions(cloud, vpc);
  ZONES.forEach((zone, index) => {
    const subnet = `subnet-0000000000000000${index}`;
    cloud.put("aws_subnet", subnet, {
      id: subnet,
      vpc_id: id,
      cidr_block: `172.31.${index * 16}.0/20`,
      availability_zone: `${cloud.region}${zone}`,
      map_public_ip_on_launch: true,
      default_for_az: true,
    });
  });
}
