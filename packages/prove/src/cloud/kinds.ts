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
