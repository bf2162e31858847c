import { parseCidr } from "../cloud/cidr.js";
import { textOf, type Values } from "../values/value.js";
import { EC2_ERRORS, type Rule, refused } from "./rule.js";

const CREATE_GROUP = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html";
const IP_RANGE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html";
const LONGEST = 255;
const RULE_TYPES = ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"];
const SOURCES = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

export const SECURITY_GROUP_RULES: readonly Rule[] = [
  textRule("description", ["aws_security_group"], /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/, CREATE_GROUP),
  textRule("name", ["aws_security_group"], /^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/, CREATE_GROUP),
  textRule("description", RULE_TYPES, /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/, IP_RANGE),
  {
    code: "InvalidParameterValue",
    types: RULE_TYPES,
    at: "values",
    source: IP_RANGE,
    refuses({ values }) {
      const text = textOf(values.cidr_ipv4);
      return text === null || parseCidr(text) !== null ? null : refused(`CIDR block ${text} is malformed`, "cidr_ipv4");
    },
  },
  {
    code: "InvalidParameterCombination",
    types: RULE_TYPES,
    at: "values",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule",
    refuses({ values }) {
      const given = SOURCES.filter((name) => (values[name] ?? null) !== null);
      return given.length === 1
        ? null
        : refused(`exactly one of ${SOURCES.join(", ")} says where a rule leads; given: ${given.join(", ") || "none"}`);
    },
  },
  {
    code: "InvalidParameterValue",
    types: RULE_TYPES,
    at: "values",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html",
    refuses({ values: { from_port = null, to_port = null, ip_protocol } }) {
      if (ip_protocol !== "tcp" && ip_protocol !== "udp") return null;
      if (from_port === null || to_port === null) return refused("a rule for tcp or udp needs from_port and to_port");
      if (typeof from_port !== "number" || typeof to_port !== "number") return null;
      if (from_port >= 0 && from_port <= to_port && to_port <= 65_535) return null;
      return refused(`Invalid ${ip_protocol} port range (${from_port}-${to_port})`, "from_port");
    },
  },
  {
    code: "InvalidGroup.Duplicate",
    types: ["aws_security_group"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const name = textOf(values.name);
      const other = cloud.all("aws_security_group").find((group) => group.values.name === name && group.values.vpc_id === values.vpc_id);
      if (name === null || other === undefined || other.id === id) return null;
      return refused(`The security group '${name}' already exists for VPC '${textOf(values.vpc_id)}'`, "name");
    },
  },
  {
    code: "InvalidPermission.Duplicate",
    types: RULE_TYPES,
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, type, values, id }) {
      const text = permissionOf(values);
      const other = cloud.all(type).find((rule) => rule.id !== id && permissionOf(rule.values) === text);
      if (other === undefined) return null;
      return refused(`the specified rule "${text}" already exists in ${textOf(values.security_group_id)}: ${other.id}`);
    },
  },
];

/** What makes two rules the same: the description does not. */
function permissionOf(values: Values): string {
  const source = SOURCES.flatMap((name) => textOf(values[name]) ?? []).join();
  return `${textOf(values.security_group_id)}, peer: ${source}, ${textOf(values.ip_protocol)}, from port: ${values.from_port}, to port: ${values.to_port}`;
}

function textRule(attribute: string, types: readonly string[], form: RegExp, source: string): Rule {
  return {
    code: "InvalidParameterValue",
    types,
    at: "values",
    source,
    refuses({ values }) {
      const text = textOf(values[attribute]);
      if (text === null) return null;
      if (text.length > LONGEST)
        return refused(`${attribute} has ${text.length} characters, and at most ${LONGEST} are allowed`, attribute);
      if (form.test(text)) return null;
      return refused(
        `Invalid ${attribute} "${text}": letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* are allowed${attribute === "name" ? ", and it may not start with sg-" : ""}`,
        attribute,
      );
    },
  };
}
