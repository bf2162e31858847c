import { createHash } from "node:crypto";
import { isUnknown, textOf, type Value } from "../values/value.js";
import { addressIn, parseCidr } from "./cidr.js";
import type { Cloud, CloudResource } from "./cloud.js";
import type { Facts } from "./facts.js";
import { stableNumber } from "./stable-hash.js";

type Compute = (facts: Facts) => Value | undefined;

/**
 * Computed values that follow from more than a name: by type and attribute, in the order in which they are worked out. An attribute that is not
 * here gets a value by `realValues`.
 */
export const COMPUTED: Readonly<Record<string, Readonly<Record<string, Compute>>>> = {
  aws_subnet: {
    availability_zone_id: ({ values }) => zoneId(textOf(values.availability_zone) ?? "a"),
  },
  aws_instance: {
    subnet_id: ({ cloud }) => cloud.all("aws_subnet").find(({ values }) => values.default_for_az === true)?.id ?? "",
    availability_zone: (facts) => subnetOf(facts)?.values.availability_zone ?? `${facts.cloud.region}a`,
    associate_public_ip_address: (facts) => subnetOf(facts)?.values.map_public_ip_on_launch === true,
    public_ip: ({ cloud, values, hash }) => (values.associate_public_ip_address === true ? publicAddress(cloud, hash) : ""),
    public_dns: ({ cloud, values }) => publicName(textOf(values.public_ip), cloud.region),
    private_ip: ({ cloud, values, hash }) => privateAddress(cloud, textOf(values.subnet_id), hash),
    private_dns: ({ cloud, values }) => privateName(textOf(values.private_ip), cloud.region),
    primary_network_interface_id: ({ hash }) => `eni-0${hash}`,
    vpc_security_group_ids: (facts) => defaultGroups(facts),
  },
  aws_network_interface: {
    private_ip: ({ cloud, values, hash }) => privateAddress(cloud, textOf(values.subnet_id), hash),
    security_groups: (facts) => defaultGroups(facts),
  },
  aws_nat_gateway: {
    public_ip: ({ cloud, values }) => cloud.find("aws_eip", textOf(values.allocation_id))?.values.public_ip ?? "",
    private_ip: ({ cloud, values, hash }) => privateAddress(cloud, textOf(values.subnet_id), hash),
    network_interface_id: ({ hash }) => `eni-0${hash}`,
  },
  aws_eip: {
    id: ({ hash }) => `eipalloc-0${hash}`,
    allocation_id: ({ values }) => values.id,
    public_ip: ({ cloud, hash }) => publicAddress(cloud, hash),
    public_dns: ({ cloud, values }) => publicName(textOf(values.public_ip), cloud.region),
    private_ip: ({ cloud, values }) => cloud.find("aws_instance", textOf(values.instance))?.values.private_ip ?? "",
    association_id: ({ values, hash }) => (textOf(values.instance) === null ? "" : `eipassoc-0${hash}`),
  },
  aws_eip_association: {
    public_ip: ({ cloud, values }) => cloud.find("aws_eip", textOf(values.allocation_id))?.values.public_ip ?? "",
    private_ip_address: ({ cloud, values }) => cloud.find("aws_instance", textOf(values.instance_id))?.values.private_ip ?? "",
    network_interface_id: ({ cloud, values }) =>
      cloud.find("aws_instance", textOf(values.instance_id))?.values.primary_network_interface_id ?? "",
  },
  aws_vpc: {
    default_security_group_id: ({ hash }) => `sg-0${hash}`,
    default_network_acl_id: ({ hash }) => `acl-0${hash}`,
    default_route_table_id: ({ hash }) => `rtb-0${hash}`,
    main_route_table_id: ({ hash }) => `rtb-0${hash}`,
  },
  aws_default_security_group: {
    id: ({ cloud, values }) => cloud.find("aws_vpc", textOf(values.vpc_id))?.values.default_security_group_id,
    name: () => "default",
    description: () => "default VPC security group",
  },
  aws_key_pair: {
    key_pair_id: ({ hash }) => `key-0${hash}`,
    key_type: ({ values }) => (/^ssh-ed25519 /.test(textOf(values.public_key) ?? "") ? "ed25519" : "rsa"),
    fingerprint: ({ values }) => (md5(textOf(values.public_key) ?? "").match(/../g) ?? []).join(":"),
  },
  aws_iam_role: { unique_id: ({ hash }) => `AROA${hash.toUpperCase()}` },
  aws_iam_instance_profile: { unique_id: ({ hash }) => `AIPA${hash.toUpperCase()}` },
  aws_s3_bucket: {
    bucket_domain_name: ({ values }) => `${textOf(values.bucket)}.s3.amazonaws.com`,
    bucket_regional_domain_name: ({ cloud, values }) => `${textOf(values.bucket)}.s3.${cloud.region}.amazonaws.com`,
    bucket_region: ({ cloud }) => cloud.region,
  },
  aws_route53_zone: {
    id: ({ hash }) => `Z0${hash.toUpperCase()}`,
    zone_id: ({ values }) => values.id,
    name_servers: () => ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net", "ns-3.awsdns-00.org", "ns-4.awsdns-00.co.uk"],
  },
  aws_route53_record: { fqdn: ({ values }) => (isUnknown(values.name) ? undefined : values.name) },
  aws_vpc_security_group_ingress_rule: { id: ruleId, security_group_rule_id: ruleId },
  aws_vpc_security_group_egress_rule: { id: ruleId, security_group_rule_id: ruleId },
};

function ruleId({ hash }: Facts): string {
  return `sgr-0${hash}`;
}

function subnetOf({ cloud, values }: Facts): CloudResource | null {
  return cloud.find("aws_subnet", textOf(values.subnet_id));
}

/** What is in a VPC and names no group has the VPC's default one. */
function defaultGroups(facts: Facts): readonly Value[] {
  const vpc = facts.cloud.find("aws_vpc", textOf(subnetOf(facts)?.values.vpc_id));
  const group = textOf(vpc?.values.default_security_group_id);
  return group === null ? [] : [group];
}

function privateName(address: string | null, region: string): string {
  if (address === null) return "";
  return `ip-${address.replaceAll(".", "-")}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`;
}

function publicName(address: string | null, region: string): string {
  if (address === null) return "";
  return `ec2-${address.replaceAll(".", "-")}.${region === "us-east-1" ? "compute-1" : `${region}.compute`}.amazonaws.com`;
}

/** @example "us-east-1a" -> "use1-az1" */
function zoneId(zone: string): string {
  const match = /^([a-z]+)-([a-z])[a-z]*-(\d)([a-z])$/.exec(zone);
  return match === null ? "" : `${match[1]}${match[2]}${match[3]}-az${(match[4] ?? "a").charCodeAt(0) - 96}`;
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** AWS keeps the first four addresses of a subnet and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_AT_START = 4;
const KEPT = 5;

/** Kept for documentation, so that nobody has them: https://www.rfc-editor.org/rfc/rfc5737 */
const PUBLIC_RANGES = ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"];

const PRIVATE_ATTRIBUTES = ["private_ip"];
const PUBLIC_ATTRIBUTES = ["public_ip"];

/** A free address of a subnet. Empty when there is no such subnet, or none is free. */
export function privateAddress(cloud: Cloud, subnetId: string | null, hash: string): string {
  const range = parseCidr(textOf(cloud.find("aws_subnet", subnetId)?.values.cidr_block) ?? "");
  if (range === null) return "";
  return freeAddress(cloud, PRIVATE_ATTRIBUTES, hash, range.size - KEPT, (number) => addressIn(range, KEPT_AT_START + number));
}

/** A free address of the ranges that are kept for documentation. */
export function publicAddress(cloud: Cloud, hash: string): string {
  const ranges = PUBLIC_RANGES.flatMap((text) => parseCidr(text) ?? []);
  const perRange = 254;
  return freeAddress(cloud, PUBLIC_ATTRIBUTES, hash, ranges.length * perRange, (number) => {
    const range = ranges[Math.floor(number / perRange)];
    return range === undefined ? "" : addressIn(range, 1 + (number % perRange));
  });
}

function freeAddress(cloud: Cloud, attributes: readonly string[], hash: string, count: number, at: (number: number) => string): string {
  const taken = new Set(cloud.all().flatMap(({ values }) => attributes.map((name) => textOf(values[name]))));
  const start = stableNumber(hash, Math.max(1, count));
  for (let tries = 0; tries < count; tries++) {
    const address = at((start + tries) % count);
    if (!taken.has(address)) return address;
  }
  return "";
}
