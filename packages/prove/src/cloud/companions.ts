import { blocksOf, textOf, type Values } from "../values/value.js";
import type { Cloud, CloudResource } from "./cloud.js";

type Companion = readonly [type: string, id: string | null, values: Values];

/** What AWS makes beside a resource, without being asked, and takes away with it. */
const COMPANIONS: Readonly<Record<string, (values: Values) => readonly Companion[]>> = {
  aws_vpc: ({ id = null, default_security_group_id, default_network_acl_id, main_route_table_id }) => [
    ["aws_default_security_group", textOf(default_security_group_id), { vpc_id: id, name: "default" }],
    ["aws_network_acl", textOf(default_network_acl_id), { vpc_id: id }],
    ["aws_route_table", textOf(main_route_table_id), { vpc_id: id }],
  ],
  aws_instance: (values) => [
    ["aws_network_interface", textOf(values.primary_network_interface_id), { subnet_id: values.subnet_id ?? null }],
    ...[...blocksOf(values.root_block_device), ...blocksOf(values.ebs_block_device)].map(
      (device): Companion => ["aws_ebs_volume", textOf(device.volume_id), device],
    ),
  ],
  aws_nat_gateway: (values) => [["aws_network_interface", textOf(values.network_interface_id), { subnet_id: values.subnet_id ?? null }]],
};

export function addCompanions(cloud: Cloud, resource: CloudResource): void {
  for (const [type, id, values] of COMPANIONS[resource.type]?.(resource.values) ?? []) {
    if (id !== null && cloud.find(type, id) === null) cloud.put(type, id, values, resource);
  }
}
