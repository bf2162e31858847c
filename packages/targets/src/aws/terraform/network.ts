import { NETWORK_CIDR, type Plan, type Subnet, subnetCidr } from "@groundplan/model";
import type { HostsPlan } from "../hosts-plan.js";
import { attribute, attributes, block, comment, gap, type HclItem, type HclValue, heading, raw, reference } from "./hcl.js";

type Zone = 1 | 2;

const ANYWHERE = "0.0.0.0/0";

/** Name of a resource that each availability zone has: the second one's ends in _2. */
export const inZone = (name: string, zone: Zone): string => (zone === 1 ? name : `${name}_2`);

export function networkFile({ plan }: HostsPlan): readonly HclItem[] {
  const { stack, hosts, aws } = plan;
  const zones: readonly Zone[] = aws.availabilityZones === 2 ? [1, 2] : [1];
  const hasPrivate = hosts.some(({ subnet }) => subnet === "private");
  return [
    ...heading("One network. Public hosts reach the internet directly, private ones by the NAT gateway of their zone."),
    ...vpc(stack),
    ...zones.map((zone) => subnet(stack, "public", zone)),
    ...publicRoutes(stack, zones),
    ...(hasPrivate ? zones.flatMap((zone) => privateZone(plan, zone)) : []),
  ];
}

function vpc(stack: string): readonly HclItem[] {
  const vpcId = reference("aws_vpc", "main", "id");
  return [
    block(
      "resource",
      ["aws_vpc", "main"],
      ...attributes({ cidr_block: NETWORK_CIDR, enable_dns_support: true, enable_dns_hostnames: true }),
      gap,
      named(stack),
    ),
    comment("Zones that everybody may use: no Local Zones."),
    block(
      "data",
      ["aws_availability_zones", "available"],
      attribute("state", "available"),
      block("filter", [], ...attributes({ name: "opt-in-status", values: ["opt-in-not-required"] })),
    ),
    comment("AWS makes this group with the network, open inside. Here it lets nothing through, so nothing can use it by mistake."),
    block("resource", ["aws_default_security_group", "unused"], attribute("vpc_id", vpcId)),
    block("resource", ["aws_internet_gateway", "main"], attribute("vpc_id", vpcId), gap, named(stack)),
  ];
}

function subnet(stack: string, kind: Subnet, zone: Zone): HclItem {
  const name = inZone(kind, zone);
  return block(
    "resource",
    ["aws_subnet", name],
    ...attributes({
      vpc_id: reference("aws_vpc", "main", "id"),
      cidr_block: subnetCidr(kind, zone),
      availability_zone: raw(`data.aws_availability_zones.available.names[${zone - 1}]`),
      map_public_ip_on_launch: false,
    }),
    gap,
    named(`${stack}-${name.replace("_", "-")}`),
    block(
      "lifecycle",
      [],
      comment("The list of zones changes while one is unavailable. That must not move the subnet and all that is in it."),
      attribute("ignore_changes", raw("[availability_zone]")),
    ),
  );
}

function publicRoutes(stack: string, zones: readonly Zone[]): readonly HclItem[] {
  return [
    routeTable(stack, "public"),
    route("public", { gateway_id: reference("aws_internet_gateway", "main", "id") }),
    ...zones.map((zone) => association(inZone("public", zone), "public")),
  ];
}

function privateZone({ stack, hosts }: Plan, zone: Zone): readonly HclItem[] {
  const name = inZone("private", zone);
  const isUsed = hosts.some((host) => host.subnet === "private" && host.zone === zone);
  return [
    subnet(stack, "private", zone),
    routeTable(stack, name),
    association(name, name),
    // A zone without private hosts needs no way out, and a gateway costs by the hour.
    ...(isUsed ? natGateway(stack, zone) : []),
  ];
}

function natGateway(stack: string, zone: Zone): readonly HclItem[] {
  const name = inZone("nat", zone);
  const count = raw("var.nat_gateway ? 1 : 0");
  const tagged = named(`${stack}-${name.replace("_", "-")}`);
  return [
    block("resource", ["aws_eip", name], attribute("count", count), attribute("domain", "vpc"), gap, tagged),
    block(
      "resource",
      ["aws_nat_gateway", name],
      ...attributes({
        count,
        allocation_id: raw(`aws_eip.${name}[0].id`),
        subnet_id: reference("aws_subnet", inZone("public", zone), "id"),
      }),
      gap,
      tagged,
      gap,
      comment("It has a way out only once the gateway is there."),
      attribute("depends_on", raw("[aws_internet_gateway.main]")),
    ),
    route(inZone("private", zone), { count, nat_gateway_id: raw(`aws_nat_gateway.${name}[0].id`) }),
  ];
}

function routeTable(stack: string, name: string): HclItem {
  const vpcId = reference("aws_vpc", "main", "id");
  return block("resource", ["aws_route_table", name], attribute("vpc_id", vpcId), gap, named(`${stack}-${name.replace("_", "-")}`));
}

function route(table: string, { count, ...target }: Readonly<Record<string, HclValue>>): HclItem {
  const id = reference("aws_route_table", table, "id");
  const values = { ...(count === undefined ? {} : { count }), route_table_id: id, destination_cidr_block: ANYWHERE, ...target };
  return block("resource", ["aws_route", `${table}_out`], ...attributes(values));
}

function association(subnetName: string, table: string): HclItem {
  return block(
    "resource",
    ["aws_route_table_association", subnetName],
    ...attributes({ subnet_id: reference("aws_subnet", subnetName, "id"), route_table_id: reference("aws_route_table", table, "id") }),
  );
}

const named = (name: string): HclItem => attribute("tags", { Name: name });
