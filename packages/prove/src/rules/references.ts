import { textOf, textsOf, type Value, type Values } from "../values/value.js";

/** An attribute that names another resource. */
export interface Reference {
  readonly attribute: string;
  /** Types of which one must have what is named. */
  readonly to: readonly string[];
  readonly code: string;
  /** Says that there is no such thing. */
  missing(named: string): string;
  /** Types that have it with another meaning, or with the same one and another code. */
  readonly except?: readonly string[];
  readonly only?: readonly string[];
  /** Which values are checked; default: all. An ARN or name of AWS' own may not be known here. */
  readonly form?: RegExp;
}

const GROUPS = ["aws_security_group", "aws_default_security_group"];
const noGroup = (named: string) => `The security group '${named}' does not exist`;

/**
 * Attributes with ids and names of other resources, and what AWS answers when there is none. Only what was made here exists here, or what a
 * data source was asked for.
 */
export const REFERENCES: readonly Reference[] = [
  {
    attribute: "vpc_id",
    to: ["aws_vpc"],
    code: "InvalidVpcID.NotFound",
    missing: (named) => `The vpc ID '${named}' does not exist`,
    // The form of it that is computed, from the subnets.
    except: ["aws_lb", "aws_db_subnet_group", "aws_elasticache_subnet_group", "aws_ec2_instance_connect_endpoint"],
  },
  {
    attribute: "subnet_id",
    to: ["aws_subnet"],
    code: "InvalidSubnetID.NotFound",
    missing: (named) => `The subnet ID '${named}' does not exist`,
  },
  {
    attribute: "subnet_ids",
    to: ["aws_subnet"],
    code: "InvalidSubnetID.NotFound",
    missing: (named) => `The subnet ID '${named}' does not exist`,
  },
  { attribute: "security_group_id", to: GROUPS, code: "InvalidGroup.NotFound", missing: noGroup },
  { attribute: "referenced_security_group_id", to: GROUPS, code: "InvalidGroup.NotFound", missing: noGroup },
  { attribute: "vpc_security_group_ids", to: GROUPS, code: "InvalidGroup.NotFound", missing: noGroup },
  { attribute: "security_group_ids", to: GROUPS, code: "InvalidGroup.NotFound", missing: noGroup },
  { attribute: "security_groups", to: GROUPS, code: "InvalidGroup.NotFound", missing: noGroup, form: /^sg-/ },
  {
    attribute: "route_table_id",
    to: ["aws_route_table"],
    code: "InvalidRouteTableID.NotFound",
    missing: (named) => `The routeTable ID '${named}' does not exist`,
    except: ["aws_nat_gateway"],
  },
  {
    attribute: "gateway_id",
    to: ["aws_internet_gateway"],
    code: "InvalidGatewayID.NotFound",
    missing: (named) => `The gateway ID '${named}' does not exist`,
    form: /^igw-/,
  },
  {
    attribute: "nat_gateway_id",
    to: ["aws_nat_gateway"],
    code: "InvalidNatGatewayID.NotFound",
    missing: (named) => `The natGateway ID '${named}' does not exist`,
  },
  {
    attribute: "allocation_id",
    to: ["aws_eip"],
    code: "InvalidAllocationID.NotFound",
    missing: (named) => `The allocation ID '${named}' does not exist`,
    except: ["aws_eip"],
  },
  ...["instance_id", "instance"].map((attribute) => ({
    attribute,
    to: ["aws_instance"],
    code: "InvalidInstanceID.NotFound",
    missing: (named: string) => `The instance ID '${named}' does not exist`,
  })),
  {
    attribute: "network_interface_id",
    to: ["aws_network_interface"],
    code: "InvalidNetworkInterfaceID.NotFound",
    missing: (named) => `The networkInterface ID '${named}' does not exist`,
    except: ["aws_nat_gateway", "aws_eip_association"],
  },
  {
    attribute: "volume_id",
    to: ["aws_ebs_volume"],
    code: "InvalidVolume.NotFound",
    missing: (named) => `The volume '${named}' does not exist`,
  },
  {
    attribute: "key_name",
    to: ["aws_key_pair"],
    code: "InvalidKeyPair.NotFound",
    missing: (named) => `The key pair '${named}' does not exist`,
    only: ["aws_instance", "aws_launch_template"],
  },
  {
    attribute: "iam_instance_profile",
    to: ["aws_iam_instance_profile"],
    code: "InvalidParameterValue",
    missing: (named) => `Value (${named}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    only: ["aws_instance"],
  },
  {
    attribute: "role",
    to: ["aws_iam_role"],
    code: "NoSuchEntity",
    missing: (named) => `The role with name ${named} cannot be found.`,
    only: ["aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_instance_profile"],
  },
  {
    attribute: "policy_arn",
    to: ["aws_iam_policy"],
    code: "NoSuchEntity",
    missing: (named) => `Policy ${named} does not exist or is not attachable.`,
    form: /^arn:aws:iam::\d{12}:/,
  },
  {
    attribute: "topic_arn",
    to: ["aws_sns_topic"],
    code: "NotFound",
    missing: () => "Topic does not exist",
    only: ["aws_sns_topic_subscription"],
  },
  {
    attribute: "bucket",
    to: ["aws_s3_bucket"],
    code: "NoSuchBucket",
    missing: (named) => `The specified bucket does not exist: ${named}`,
    except: ["aws_s3_bucket"],
  },
  {
    attribute: "zone_id",
    to: ["aws_route53_zone"],
    code: "NoSuchHostedZone",
    missing: (named) => `No hosted zone found with ID: ${named}`,
    only: ["aws_route53_record"],
  },
];

/** What a resource names by its attributes. */
export function namedBy(type: string, values: Values): readonly { readonly reference: Reference; readonly named: string }[] {
  return REFERENCES.filter(({ except, only }) => except?.includes(type) !== true && only?.includes(type) !== false).flatMap((reference) =>
    idsIn(values[reference.attribute])
      .filter((named) => reference.form?.test(named) !== false)
      .map((named) => ({ reference, named })),
  );
}

function idsIn(value: Value | undefined): readonly string[] {
  const text = textOf(value);
  return text === null ? textsOf(value) : [text];
}
