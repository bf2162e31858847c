import assert from "node:assert/strict";
import { test } from "node:test";
import { Cloud } from "../src/cloud/cloud.js";
import type { Rule } from "../src/rules/rule.js";
import { RULES } from "../src/rules/rules.js";
import type { Value, Values } from "../src/values/value.js";

/** [type, id, values] */
type There = readonly [type: string, id: string, values: Values];

interface Case {
  readonly there?: readonly There[];
  readonly type: string;
  readonly id?: string;
  /** What AWS refuses, and the same, changed in one thing, that it does not. */
  readonly bad: Values;
  readonly good: Values;
  /** What is there instead when `good` is asked for; default: the same. */
  readonly thereThen?: readonly There[];
}

const VPC: There = ["aws_vpc", "vpc-1", { cidr_block: "10.0.0.0/16" }];
const SUBNET: There = ["aws_subnet", "subnet-1", { vpc_id: "vpc-1", cidr_block: "10.0.1.0/24" }];
const GROUP: There = ["aws_security_group", "sg-1", { vpc_id: "vpc-1", name: "web" }];
const RULE = { security_group_id: "sg-1", ip_protocol: "tcp", from_port: 22, to_port: 22, cidr_ipv4: "203.0.113.0/24" };
const POLICY = '{"Statement":[]}';
const KEY = `ssh-ed25519 ${"A".repeat(68)}`;
const INGRESS = "aws_vpc_security_group_ingress_rule";

/** At least one case for each rule, by its code and type. */
const CASES: Readonly<Record<string, Case>> = {
  "InvalidVpcID.NotFound": reference("aws_subnet", "vpc_id", VPC),
  "InvalidSubnetID.NotFound": reference("aws_instance", "subnet_id", SUBNET),
  "InvalidGroup.NotFound": {
    there: [GROUP],
    type: "aws_instance",
    bad: { vpc_security_group_ids: ["sg-1", "sg-2"] },
    good: { vpc_security_group_ids: ["sg-1"] },
  },
  "InvalidRouteTableID.NotFound": reference("aws_route_table_association", "route_table_id", ["aws_route_table", "rtb-1", {}]),
  "InvalidGatewayID.NotFound": reference("aws_route", "gateway_id", ["aws_internet_gateway", "igw-1", {}]),
  "InvalidNatGatewayID.NotFound": reference("aws_route", "nat_gateway_id", ["aws_nat_gateway", "nat-1", {}]),
  "InvalidAllocationID.NotFound": reference("aws_nat_gateway", "allocation_id", ["aws_eip", "eipalloc-1", {}]),
  "InvalidInstanceID.NotFound": reference("aws_eip", "instance", ["aws_instance", "i-1", {}]),
  "InvalidNetworkInterfaceID.NotFound": reference("aws_route", "network_interface_id", ["aws_network_interface", "eni-1", {}]),
  "InvalidVolume.NotFound": reference("aws_volume_attachment", "volume_id", ["aws_ebs_volume", "vol-1", {}]),
  "InvalidKeyPair.NotFound": reference("aws_instance", "key_name", ["aws_key_pair", "key-1", {}]),
  "InvalidParameterValue profile": reference("aws_instance", "iam_instance_profile", ["aws_iam_instance_profile", "profile-1", {}]),
  NoSuchEntity: reference("aws_iam_role_policy", "role", ["aws_iam_role", "role-1", {}]),
  NotFound: reference("aws_sns_topic_subscription", "topic_arn", ["aws_sns_topic", "arn-1", {}]),
  NoSuchBucket: reference("aws_s3_bucket_versioning", "bucket", ["aws_s3_bucket", "bucket-1", {}]),
  NoSuchHostedZone: reference("aws_route53_record", "zone_id", ["aws_route53_zone", "zone-1", {}]),

  "InvalidVpc.Range size": { type: "aws_vpc", bad: { cidr_block: "10.0.0.0/8" }, good: { cidr_block: "10.0.0.0/16" } },
  "InvalidVpc.Range start": { type: "aws_vpc", bad: { cidr_block: "10.0.0.1/16" }, good: { cidr_block: "10.0.0.0/28" } },
  "InvalidSubnet.Range size": { type: "aws_subnet", bad: { cidr_block: "10.0.1.0/29" }, good: { cidr_block: "10.0.1.0/28" } },
  "InvalidSubnet.Range outside": {
    there: [VPC],
    type: "aws_subnet",
    bad: { vpc_id: "vpc-1", cidr_block: "10.1.1.0/24" },
    good: { vpc_id: "vpc-1", cidr_block: "10.0.1.0/24" },
  },
  "InvalidSubnet.Conflict": {
    there: [VPC, SUBNET],
    type: "aws_subnet",
    bad: { vpc_id: "vpc-1", cidr_block: "10.0.1.128/25" },
    good: { vpc_id: "vpc-1", cidr_block: "10.0.2.0/24" },
  },
  "Resource.AlreadyAssociated gateway": {
    there: [VPC, ["aws_internet_gateway", "igw-1", { vpc_id: "vpc-1" }]],
    type: "aws_internet_gateway",
    bad: { vpc_id: "vpc-1" },
    good: { vpc_id: null },
  },
  RouteAlreadyExists: {
    there: [
      ["aws_route_table", "rtb-1", {}],
      ["aws_route", "r-1", { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0" }],
    ],
    type: "aws_route",
    bad: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0" },
    good: { route_table_id: "rtb-1", destination_cidr_block: "10.9.0.0/16" },
  },
  "RouteAlreadyExists inline": {
    there: [["aws_route_table", "rtb-1", { route: [{ cidr_block: "0.0.0.0/0" }] }]],
    type: "aws_route",
    bad: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0" },
    good: { route_table_id: "rtb-1", destination_cidr_block: "10.9.0.0/16" },
  },
  "Resource.AlreadyAssociated table": {
    there: [
      SUBNET,
      ["aws_subnet", "subnet-2", {}],
      ["aws_route_table", "rtb-1", {}],
      ["aws_route_table_association", "a-1", { subnet_id: "subnet-1" }],
    ],
    type: "aws_route_table_association",
    bad: { subnet_id: "subnet-1", route_table_id: "rtb-1" },
    good: { subnet_id: "subnet-2", route_table_id: "rtb-1" },
  },

  "InvalidParameterValue description length": {
    type: "aws_security_group",
    bad: { description: "a".repeat(256) },
    good: { description: "a".repeat(255) },
  },
  "InvalidParameterValue group name": { type: "aws_security_group", bad: { name: "sg-web" }, good: { name: "web-sg" } },
  "InvalidParameterValue rule description": ruleCase({ description: "SSH → bastion" }, { description: "SSH - bastion" }),
  "InvalidParameterValue rule range": ruleCase({ cidr_ipv4: "203.0.113.7/24" }, { cidr_ipv4: "203.0.113.7/32" }),
  "InvalidParameterCombination two": ruleCase({ referenced_security_group_id: "sg-1" }, {}),
  "InvalidParameterCombination none": ruleCase({ cidr_ipv4: null }, {}),
  "InvalidParameterValue rule ports": ruleCase({ from_port: 23 }, { from_port: 21 }),
  "InvalidParameterValue rule no ports": ruleCase({ to_port: null }, { to_port: null, from_port: null, ip_protocol: "-1" }),
  "InvalidGroup.Duplicate": {
    there: [VPC, GROUP],
    type: "aws_security_group",
    bad: { vpc_id: "vpc-1", name: "web" },
    good: { vpc_id: "vpc-1", name: "db" },
  },
  "InvalidPermission.Duplicate": {
    there: [GROUP, [INGRESS, "sgr-1", { ...RULE, description: "other words" }]],
    type: INGRESS,
    bad: RULE,
    good: { ...RULE, from_port: 23, to_port: 23 },
  },

  "InvalidParameterValue type": { type: "aws_instance", bad: { instance_type: "t3micro" }, good: { instance_type: "u-6tb1.112xlarge" } },
  "InvalidAMIID.Malformed": { type: "aws_instance", bad: { ami: "ami-ubuntu" }, good: { ami: "ami-0123456789abcdef0" } },
  InvalidParameter: {
    there: [SUBNET, GROUP, ["aws_security_group", "sg-2", { vpc_id: "vpc-2" }]],
    type: "aws_instance",
    bad: { subnet_id: "subnet-1", vpc_security_group_ids: ["sg-2"] },
    good: { subnet_id: "subnet-1", vpc_security_group_ids: ["sg-1"] },
  },
  "InvalidVolume.ZoneMismatch": attachment({ availability_zone: "b" }, { availability_zone: "a" }),
  "VolumeInUse attach": {
    there: [...volumeAndHosts(), ["aws_volume_attachment", "vai-1", { volume_id: "vol-1", instance_id: "i-2" }]],
    type: "aws_volume_attachment",
    bad: { volume_id: "vol-1", instance_id: "i-1", device_name: "/dev/sdf" },
    good: { volume_id: "vol-2", instance_id: "i-1", device_name: "/dev/sdf" },
  },
  "InvalidParameterValue device": {
    there: [...volumeAndHosts(), ["aws_volume_attachment", "vai-1", { volume_id: "vol-1", instance_id: "i-1", device_name: "/dev/sdf" }]],
    type: "aws_volume_attachment",
    bad: { volume_id: "vol-2", instance_id: "i-1", device_name: "/dev/sdf" },
    good: { volume_id: "vol-2", instance_id: "i-1", device_name: "/dev/sdg" },
  },
  OperationNotPermitted: {
    type: "aws_instance",
    id: "i-1",
    bad: { disable_api_termination: true },
    good: { disable_api_termination: true, force_destroy: true },
  },

  "EntityAlreadyExists role": unique("aws_iam_role", "name"),
  "EntityAlreadyExists policy": unique("aws_iam_policy", "name"),
  "EntityAlreadyExists profile": unique("aws_iam_instance_profile", "name"),
  "InvalidKeyPair.Duplicate": unique("aws_key_pair", "key_name"),
  BucketAlreadyOwnedByYou: unique("aws_s3_bucket", "bucket"),
  ResourceAlreadyExistsException: unique("aws_cloudwatch_log_group", "name"),
  InvalidBucketName: { type: "aws_s3_bucket", bad: { bucket: "State_Bucket" }, good: { bucket: "state-bucket" } },
  "InvalidKey.Format": { type: "aws_key_pair", bad: { public_key: "my key" }, good: { public_key: KEY } },
  "MalformedPolicyDocument role": { type: "aws_iam_role", bad: { assume_role_policy: "{" }, good: { assume_role_policy: POLICY } },
  "MalformedPolicyDocument policy": { type: "aws_iam_policy", bad: { policy: "{}" }, good: { policy: POLICY } },

  "DependencyViolation vpc": inUse("aws_vpc", "aws_subnet", "vpc_id"),
  "DependencyViolation subnet": inUse("aws_subnet", "aws_instance", "subnet_id"),
  "DependencyViolation group": inUse("aws_security_group", INGRESS, "referenced_security_group_id"),
  "DependencyViolation table": inUse("aws_route_table", "aws_route_table_association", "route_table_id"),
  "VolumeInUse delete": inUse("aws_ebs_volume", "aws_volume_attachment", "volume_id"),
  "InvalidIPAddress.InUse": inUse("aws_eip", "aws_nat_gateway", "allocation_id"),
  "DeleteConflict role": inUse("aws_iam_role", "aws_iam_role_policy", "role"),
  "DeleteConflict policy": {
    ...inUse("aws_iam_policy", "aws_iam_role_policy_attachment", "policy_arn", "arn:aws:iam::123456789012:policy/x"),
  },
};

const broken = new Map<Rule, string>();

for (const [name, each] of Object.entries(CASES)) {
  const code = name.split(" ")[0] ?? "";
  test(`AWS refuses with ${name}, and only that`, () => {
    const rule = ruleBrokenBy(each.bad, each);
    assert.equal(rule?.code, code);
    broken.set(rule, name);
    assert.equal(ruleBrokenBy(each.good, { ...each, there: each.thereThen ?? each.there ?? [] })?.code, undefined);
  });
}

test("every rule has a case here, and a source", () => {
  assert.deepEqual(
    RULES.filter((rule) => !broken.has(rule)).map(({ code, types }) => `${code} ${types?.join() ?? "all"}`),
    [],
  );
  for (const { code, source } of RULES) assert.match(source, /^https:\/\//, code);
});

test("what changes in place is no duplicate of itself", () => {
  const cloud = new Cloud();
  const there: readonly There[] = [GROUP, [INGRESS, "sgr-1", RULE], VPC, SUBNET, ["aws_iam_role", "role-1", { name: "role" }]];
  for (const [type, id, values] of there) cloud.put(type, id, { id, ...values });
  const refused = there.filter(([type, id, values]) =>
    RULES.some((rule) => rule.at !== "delete" && rule.types?.includes(type) === true && rule.refuses({ cloud, type, values, id }) !== null),
  );
  assert.deepEqual(refused, []);
});

test("what is not known yet is not refused", () => {
  const silent = RULES.filter(
    (rule) => rule.refuses({ cloud: new Cloud(), type: rule.types?.[0] ?? "aws_subnet", values: {}, id: null }) !== null,
  );
  assert.deepEqual(
    silent.map(({ code }) => code),
    // Nothing said of where a rule leads is an answer too.
    ["InvalidParameterCombination"],
  );
});

/** The first rule that refuses it, whenever that is. */
function ruleBrokenBy(values: Values, { type, id: given, there = [] }: Case): Rule | undefined {
  const id = given ?? null;
  const cloud = new Cloud();
  for (const [kind, name, its] of there) cloud.put(kind, name, { id: name, ...its });
  return RULES.find(
    (rule) =>
      rule.types?.includes(type) !== false &&
      (rule.at === "delete") === (id !== null) &&
      rule.refuses({ cloud, type, values, id }) !== null,
  );
}

function reference(type: string, attribute: string, target: There): Case {
  const isList = attribute.endsWith("s") && attribute !== "address";
  const named = (id: string): Value => (isList ? [id] : id);
  return { there: [target], type, bad: { [attribute]: named(target[1].replace("1", "2")) }, good: { [attribute]: named(target[1]) } };
}

function ruleCase(bad: Values, good: Values): Case {
  return { there: [GROUP], type: INGRESS, bad: { ...RULE, ...bad }, good: { ...RULE, ...good } };
}

function volumeAndHosts(): readonly There[] {
  return [
    ["aws_ebs_volume", "vol-1", {}],
    ["aws_ebs_volume", "vol-2", {}],
    ["aws_instance", "i-1", {}],
    ["aws_instance", "i-2", {}],
  ];
}

function attachment(bad: Values, good: Values): Case {
  const there = (volume: Values): readonly There[] => [
    ["aws_ebs_volume", "vol-1", volume],
    ["aws_instance", "i-1", { availability_zone: "a" }],
  ];
  const values = { volume_id: "vol-1", instance_id: "i-1", device_name: "/dev/sdf" };
  return { there: there(bad), thereThen: there(good), type: "aws_volume_attachment", bad: values, good: values };
}

function unique(type: string, attribute: string): Case {
  return { there: [[type, "one", { [attribute]: "taken" }]], type, bad: { [attribute]: "taken" }, good: { [attribute]: "free" } };
}

function inUse(type: string, by: string, attribute: string, id = "one"): Case {
  return {
    there: [
      [type, id, {}],
      [by, "user", { [attribute]: id }],
    ],
    thereThen: [[type, id, {}]],
    type,
    id,
    bad: {},
    good: {},
  };
}
