import { type NetworkRule, OPERATOR_CIDR, type Plan } from "@groundplan/model";
import { describe } from "./describe.js";
import { type HclValue, raw } from "./hcl/hcl-value.js";
import { attribute, attributes, block, comment, gap, type HclItem, heading } from "./hcl/render-hcl.js";
import { labelledRules, labelOf, reference } from "./labels.js";

/** A security group for each host, and a resource for each rule of the plan. */
export function securityFile({ stack, hosts, rules }: Plan): readonly HclItem[] {
  const labelled = labelledRules(rules);
  return [
    ...heading(
      "A security group for each host. Each rule follows from the stack file: a link, a public port, the bastion or monitoring.",
      "Rules are resources of their own: groups that name each other inline would be a cycle.",
    ),
    ...hosts.flatMap(({ name }) => [
      securityGroup(stack, name),
      ...labelled.filter(({ rule }) => rule.group === name).map(({ label, rule }) => ruleResource(label, rule)),
    ]),
  ];
}

function securityGroup(stack: string, host: string): HclItem {
  return block(
    "resource",
    ["aws_security_group", labelOf(host)],
    comment("A change of name or description would replace the group, so neither tells what runs on the host."),
    ...attributes({
      name: securityGroupName(stack, host),
      description: describe(`Host ${host} of the stack ${stack}`),
      vpc_id: reference("aws_vpc", "main", "id"),
    }),
    gap,
    attribute("tags", { Name: `${stack}-${host}`, Host: host }),
  );
}

/** AWS keeps names that begin with "sg-" for its own ids. */
function securityGroupName(stack: string, host: string): string {
  const name = `${stack}-${host}`;
  return name.startsWith("sg-") ? `stack-${name}` : name;
}

function ruleResource(label: string, rule: NetworkRule): HclItem {
  const { group, direction, port, protocol, purpose } = rule;
  return block(
    "resource",
    [`aws_vpc_security_group_${direction}_rule`, label],
    ...attributes({
      security_group_id: securityGroupId(group),
      description: describe(purpose),
      ...otherEnd(rule),
      ip_protocol: protocol,
      from_port: port,
      to_port: port,
    }),
  );
}

function otherEnd({ source }: NetworkRule): Readonly<Record<string, HclValue>> {
  if ("group" in source) return { referenced_security_group_id: securityGroupId(source.group) };
  return { cidr_ipv4: source.cidr === OPERATOR_CIDR ? raw(`var.${OPERATOR_CIDR}`) : source.cidr };
}

export const securityGroupId = (host: string): HclValue => reference("aws_security_group", labelOf(host), "id");
