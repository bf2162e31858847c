import { createHash } from "node:crypto";
import type { Attribute, AttributeType, Block } from "../schema/schema.js";
import { isUnknown, isValues, textOf, type Value, type Values } from "../values/value.js";
import { addressIn, parseCidr } from "./cidr.js";
import type { Cloud, CloudResource } from "./cloud.js";
import { stableHash, stableNumber } from "./stable-hash.js";

type Compute = (facts: Facts) => Value | undefined;

/**
 * Computed values that follow from more than a name: by type and attribute, in the order in which they are worked out. An attribute that is not
 * here gets a value by `realValues`.
 */
const COMPUTED: Readonly<Record<string, Readonly<Record<string, Compute>>>> = {
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

/** AWS keeps the first four addresses of a subnet and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_AT_START = 4;

const KEPT = 5;

/** Kept for documentation, so that nobody has them: https://www.rfc-editor.org/rfc/rfc5737 */
const PUBLIC_RANGES = ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"];

const PRIVATE_ATTRIBUTES = ["private_ip"];

const PUBLIC_ATTRIBUTES = ["public_ip"];

/** What a computed value may follow from. */
interface Facts {
  readonly cloud: Cloud;
  readonly type: string;
  /** Of the resource, as far as they are known. */
  readonly values: Values;
  /** The same for the same resource in every run. */
  readonly hash: string;
}

/**
 * What a resource has once it is made: every unknown value of the plan gets one, by the first that knows it: the table of computed values,
 * the form of its id and ARN, AWS' defaults, and then its name and type.
 */
export function realValues(cloud: Cloud, type: string, planned: Values, block: Block): Values {
  const hash = freshHash(cloud, type, planned);
  let values = planned;
  const fill = (name: string, value: () => Value | undefined) => {
    if (!isUnknown(values[name])) return;
    const found = value();
    if (found !== undefined) values = { ...values, [name]: found };
  };
  const facts = (): Facts => ({ cloud, type, values, hash });

  for (const name of generatedNames(block)) fill(name, () => `${textOf(values[`${name}_prefix`]) ?? "terraform-"}${hash}`);
  const kind = kindOf(type, textOf(values.name) !== null);
  for (const [name, compute] of Object.entries(COMPUTED[type] ?? {})) fill(name, () => compute(facts()));
  fill("id", () => rendered(kind.id, facts()));
  fill("arn", () => (kind.arn === undefined ? rendered("{id}", facts()) : `arn:aws:${rendered(kind.arn, facts())}`));
  return filledBlock(block, values, "", facts());
}

/** Names that may be left to Terraform: those with a prefix to choose. */
function generatedNames({ attributes = {} }: Block): readonly string[] {
  return Object.keys(attributes).filter((name) => `${name}_prefix` in attributes);
}

function freshHash(cloud: Cloud, type: string, planned: Values): string {
  const text = `${type} ${JSON.stringify(planned)}`;
  // Several of a kind that are configured alike differ only in which of them comes first.
  for (let number = 0; ; number++) {
    const hash = stableHash(`${text} ${number}`);
    if (!cloud.all(type).some(({ id }) => id.includes(hash))) return hash;
  }
}

function rendered(form: string, { cloud, values, hash }: Facts): string {
  const uuid = hash.padEnd(32, hash).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const given: Readonly<Record<string, string>> = { hash, uuid, region: cloud.region, account: cloud.account };
  return form.replace(/\{(\w+)\}/g, (_, name: string) => given[name] ?? textOf(values[name]) ?? (name === "path" ? "/" : ""));
}

function filledBlock({ attributes = {}, block_types = {} }: Block, values: Values, path: string, facts: Facts): Values {
  const filled: Record<string, Value> = { ...values };
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.write_only === true) filled[name] = null;
    else if (isUnknown(values[name])) filled[name] = computedValue(name, attribute, `${path}${name}`, values, facts);
  }
  for (const [name, { block }] of Object.entries(block_types)) {
    const inner = (value: Value) => (isValues(value) ? filledBlock(block, value, `${path}${name}.`, facts) : value);
    const value = values[name];
    if (Array.isArray(value)) filled[name] = value.map(inner);
    else if (value !== undefined) filled[name] = inner(value);
  }
  return filled;
}

/** @param beside The values of the same block. */
function computedValue(name: string, { type }: Attribute, path: string, beside: Values, facts: Facts): Value {
  const { cloud } = facts;
  const known = awsDefault(facts.type, path);
  if (known !== undefined) return known;
  if (type !== "string") return emptyOf(type);
  if (/^(owner_id|account_id|registry_id|owner)$/.test(name)) return cloud.account;
  if (name === "volume_id") return `vol-0${stableHash(`${facts.hash} ${path} ${textOf(beside.device_name)}`)}`;
  if (name === "region") return cloud.region;
  if (name === "availability_zone") return `${cloud.region}a`;
  if (/(^|_)(dns_name|endpoint|address|fqdn|domain_name)$/.test(name))
    return `${facts.hash}.${facts.type.split("_")[1]}.${cloud.region}.amazonaws.com`;
  return "";
}

/** What an attribute that says nothing has: "", 0, false, or nothing in it. */
export function emptyOf(type: AttributeType): Value {
  if (type === "bool") return false;
  if (type === "number") return 0;
  if (type === "string") return "";
  if (type[0] === "object") return Object.fromEntries(Object.entries(type[1]).map(([name, inner]) => [name, emptyOf(inner)]));
  return type[0] === "map" ? {} : [];
}

const INSTANCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html";

const METADATA = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html";

const VOLUME = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html";

interface AwsDefault {
  readonly value: Value;
  readonly source: string;
}

/** What AWS gives to an attribute that the configuration may set and did not, where it matters to a check or to a reader. */
const DEFAULTS: Readonly<Record<string, AwsDefault>> = {
  "aws_instance.instance_state": { value: "running", source: INSTANCE },
  "aws_instance.instance_initiated_shutdown_behavior": { value: "stop", source: INSTANCE },
  "aws_instance.tenancy": { value: "default", source: INSTANCE },
  // Of an AMI and account that say nothing of it: both versions answer.
  "aws_instance.metadata_options.http_tokens": { value: "optional", source: METADATA },
  "aws_instance.metadata_options.http_put_response_hop_limit": { value: 1, source: METADATA },
  "aws_instance.metadata_options.instance_metadata_tags": { value: "disabled", source: METADATA },
  "aws_instance.root_block_device.device_name": { value: "/dev/sda1", source: INSTANCE },
  "aws_instance.root_block_device.volume_size": { value: 8, source: INSTANCE },
  "aws_instance.root_block_device.volume_type": { value: "gp3", source: INSTANCE },
  "aws_instance.root_block_device.iops": { value: 3000, source: VOLUME },
  "aws_instance.root_block_device.throughput": { value: 125, source: VOLUME },
  "aws_ebs_volume.type": { value: "gp2", source: VOLUME },
  "aws_ebs_volume.iops": { value: 3000, source: VOLUME },
  "aws_ebs_volume.throughput": { value: 125, source: VOLUME },
  "aws_eip.domain": { value: "vpc", source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html" },
  "aws_vpc.instance_tenancy": { value: "default", source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html" },
  "aws_ssm_parameter.version": {
    value: 1,
    source: "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
  },
};

/** @param path Of the attribute inside the resource, for example metadata_options.http_tokens */
function awsDefault(type: string, path: string): Value | undefined {
  return DEFAULTS[`${type}.${path}`]?.value;
}

/** What a resource is called in AWS: its id, and its ARN without "arn:aws:". */
export interface Kind {
  readonly id: string;
  readonly arn?: string;
}

/**
 * Names in braces are filled in: attributes of the resource, and hash, uuid, region, account. A type that is not listed is called by its
 * name, or by a hash when it has none. Forms: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const KINDS: Readonly<Record<string, Kind>> = {
  aws_vpc: ec2("vpc", "vpc"),
  aws_subnet: ec2("subnet", "subnet"),
  aws_internet_gateway: ec2("igw", "internet-gateway"),
  aws_nat_gateway: ec2("nat", "natgateway"),
  aws_eip: ec2("eipalloc", "elastic-ip"),
  aws_eip_association: ec2("eipassoc", "elastic-ip-association"),
  aws_route_table: ec2("rtb", "route-table"),
  aws_route_table_association: ec2("rtbassoc", "route-table-association"),
  aws_route: { id: "r-{route_table_id}{hash}" },
  aws_network_acl: ec2("acl", "network-acl"),
  aws_network_interface: ec2("eni", "network-interface"),
  aws_security_group: ec2("sg", "security-group"),
  aws_vpc_security_group_ingress_rule: ec2("sgr", "security-group-rule"),
  aws_vpc_security_group_egress_rule: ec2("sgr", "security-group-rule"),
  aws_vpc_endpoint: ec2("vpce", "vpc-endpoint"),
  aws_flow_log: ec2("fl", "vpc-flow-log"),
  aws_ec2_instance_connect_endpoint: ec2("eice", "instance-connect-endpoint"),
  aws_instance: ec2("i", "instance"),
  aws_launch_template: ec2("lt", "launch-template"),
  aws_ebs_volume: ec2("vol", "volume"),
  aws_volume_attachment: { id: "vai-{hash}" },
  aws_key_pair: { id: "{key_name}", arn: "ec2:{region}:{account}:key-pair/{key_name}" },

  aws_iam_role: { id: "{name}", arn: "iam::{account}:role{path}{name}" },
  aws_iam_policy: { id: "arn:aws:iam::{account}:policy{path}{name}", arn: "iam::{account}:policy{path}{name}" },
  aws_iam_instance_profile: { id: "{name}", arn: "iam::{account}:instance-profile{path}{name}" },
  aws_iam_role_policy: { id: "{role}:{name}" },
  aws_iam_role_policy_attachment: { id: "{role}/{policy_arn}" },

  aws_cloudwatch_metric_alarm: { id: "{alarm_name}", arn: "cloudwatch:{region}:{account}:alarm:{alarm_name}" },
  aws_cloudwatch_composite_alarm: { id: "{alarm_name}", arn: "cloudwatch:{region}:{account}:alarm:{alarm_name}" },
  aws_cloudwatch_dashboard: { id: "{dashboard_name}", arn: "cloudwatch::{account}:dashboard/{dashboard_name}" },
  aws_cloudwatch_log_group: { id: "{name}", arn: "logs:{region}:{account}:log-group:{name}" },
  aws_sns_topic: { id: "arn:aws:sns:{region}:{account}:{name}", arn: "sns:{region}:{account}:{name}" },
  aws_sns_topic_subscription: { id: "{topic_arn}:{uuid}" },
  aws_sns_topic_policy: { id: "{arn}" },
  aws_ssm_parameter: { id: "{name}", arn: "ssm:{region}:{account}:parameter/{name}" },
  aws_secretsmanager_secret: { id: "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hash}" },
  aws_kms_key: { id: "{uuid}", arn: "kms:{region}:{account}:key/{uuid}" },
  aws_kms_alias: { id: "{name}", arn: "kms:{region}:{account}:{name}" },

  aws_s3_bucket: { id: "{bucket}", arn: "s3:::{bucket}" },
  aws_s3_bucket_versioning: { id: "{bucket}" },
  aws_s3_bucket_server_side_encryption_configuration: { id: "{bucket}" },
  aws_s3_bucket_public_access_block: { id: "{bucket}" },
  aws_s3_bucket_lifecycle_configuration: { id: "{bucket}" },
  aws_s3_bucket_policy: { id: "{bucket}" },
  aws_dynamodb_table: { id: "{name}", arn: "dynamodb:{region}:{account}:table/{name}" },
  aws_route53_zone: { id: "Z0{hash}", arn: "route53:::hostedzone/Z0{hash}" },
  aws_route53_record: { id: "{zone_id}_{name}_{type}" },
  aws_lb: { id: "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hash}" },
  aws_lb_target_group: { id: "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hash}" },
};

export function kindOf(type: string, hasName: boolean): Kind {
  const [service = "", ...rest] = type.replace(/^aws_/, "").split("_");
  const what = rest.join("-") || service;
  return KINDS[type] ?? { id: hasName ? "{name}" : `${what}-0{hash}`, arn: `${service}:{region}:{account}:${what}/{id}` };
}

function ec2(prefix: string, resource: string): Kind {
  return { id: `${prefix}-0{hash}`, arn: `ec2:{region}:{account}:${resource}/{id}` };
}

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

/** A free address of a subnet. Empty when there is no such subnet, or none is free. */
function privateAddress(cloud: Cloud, subnetId: string | null, hash: string): string {
  const range = parseCidr(textOf(cloud.find("aws_subnet", subnetId)?.values.cidr_block) ?? "");
  if (range === null) return "";
  return freeAddress(cloud, PRIVATE_ATTRIBUTES, hash, range.size - KEPT, (number) => addressIn(range, KEPT_AT_START + number));
}

/** A free address of the ranges that are kept for documentation. */
function publicAddress(cloud: Cloud, hash: string): string {
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
