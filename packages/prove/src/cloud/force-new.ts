/**
 * Attributes whose change makes a new resource. The schema does not tell; these are the ones that AWS has no call to change for the
 * resources that the targets use (https://registry.terraform.io/providers/hashicorp/aws/latest/docs, each resource's page). A change of
 * any other attribute is planned as an update in place.
 */
const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  aws_vpc: ["cidr_block"],
  aws_subnet: ["vpc_id", "cidr_block", "availability_zone"],
  aws_security_group: ["name", "name_prefix", "description", "vpc_id"],
  aws_vpc_security_group_ingress_rule: ["security_group_id"],
  aws_vpc_security_group_egress_rule: ["security_group_id"],
  aws_nat_gateway: ["allocation_id", "subnet_id"],
  aws_route_table: ["vpc_id"],
  aws_instance: ["ami", "subnet_id", "availability_zone", "key_name", "private_ip", "associate_public_ip_address"],
  aws_ebs_volume: ["availability_zone", "encrypted", "snapshot_id"],
  aws_volume_attachment: ["device_name", "instance_id", "volume_id"],
  aws_key_pair: ["key_name", "public_key"],
  aws_iam_role: ["name", "path"],
  aws_iam_instance_profile: ["name", "path"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
  aws_s3_bucket: ["bucket"],
  aws_sns_topic: ["name"],
  aws_sns_topic_subscription: ["topic_arn", "protocol", "endpoint"],
  aws_cloudwatch_log_group: ["name"],
  aws_cloudwatch_metric_alarm: ["alarm_name"],
};

export function forcesNew(type: string): readonly string[] {
  return FORCE_NEW[type] ?? [];
}
