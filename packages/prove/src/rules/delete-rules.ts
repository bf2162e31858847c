import { namedBy } from "./references.js";
import { EC2_ERRORS, type Rule, refused } from "./rule.js";

const IAM_DELETE = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html#API_DeleteRole_Errors";

/** What may not be deleted while others use it. */
export const DELETE_RULES: readonly Rule[] = [
  inUse("DependencyViolation", "aws_vpc", ["aws_subnet", "aws_security_group", "aws_internet_gateway", "aws_route_table"]),
  inUse("DependencyViolation", "aws_subnet", ["aws_instance", "aws_nat_gateway", "aws_network_interface", "aws_lb"]),
  inUse("DependencyViolation", "aws_security_group", [
    "aws_instance",
    "aws_network_interface",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
  ]),
  inUse("DependencyViolation", "aws_route_table", ["aws_route_table_association"]),
  inUse("VolumeInUse", "aws_ebs_volume", ["aws_volume_attachment"]),
  inUse("InvalidIPAddress.InUse", "aws_eip", ["aws_nat_gateway"]),
  inUse(
    "DeleteConflict",
    "aws_iam_role",
    ["aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_instance_profile"],
    IAM_DELETE,
  ),
  inUse("DeleteConflict", "aws_iam_policy", ["aws_iam_role_policy_attachment"], IAM_DELETE),
];

function inUse(code: string, type: string, users: readonly string[], source = EC2_ERRORS): Rule {
  return {
    code,
    types: [type],
    at: "delete",
    source,
    refuses({ cloud, id }) {
      const user = cloud
        .all()
        .filter((other) => users.includes(other.type) && other.owner?.id !== id)
        // A rule that belongs to the group goes with it; one of another group that leads to it does not.
        .filter((other) => !(type === "aws_security_group" && other.values.security_group_id === id))
        .find((other) => namedBy(other.type, other.values).some(({ reference, named }) => named === id && reference.to.includes(type)));
      return user === undefined ? null : refused(`${id} has a dependent object and cannot be deleted: ${user.type} ${user.id}`);
    },
  };
}
