import { type NetworkRule, OPERATOR_CIDR, type RuleSource } from "@groundplan/model";
import type { HostsPlan } from "../hosts-plan.js";
import { attribute, attributes, block, comment, gap, type HclItem, type HclValue, heading, labelOf, raw, reference } from "./hcl.js";

/** A security group for each host, and a resource for each rule of the plan. */
export function securityFile({ plan: { stack, hosts, rules } }: HostsPlan): readonly HclItem[] {
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
      ...otherEndOf(rule),
      ip_protocol: protocol,
      from_port: port,
      to_port: port,
    }),
  );
}

function otherEndOf({ source }: NetworkRule): Readonly<Record<string, HclValue>> {
  if ("group" in source) return { referenced_security_group_id: securityGroupId(source.group) };
  return { cidr_ipv4: source.cidr === OPERATOR_CIDR ? raw(`var.${OPERATOR_CIDR}`) : source.cidr };
}

export const securityGroupId = (host: string): HclValue => reference("aws_security_group", labelOf(host), "id");

/** Each rule with a name of its own that says what it lets through, for example `backend_ingress_6379_from_frontend`. */
export function labelledRules(rules: readonly NetworkRule[]): readonly { readonly label: string; readonly rule: NetworkRule }[] {
  const taken = new Map<string, number>();
  return rules.map((rule) => {
    const { group, direction, port, source } = rule;
    const label = labelOf(`${group}_${direction}_${port}_${direction === "ingress" ? "from" : "to"}_${otherEnd(source)}`);
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    // Hosts may be called "internet" and "operator" too.
    return { label: count === 1 ? label : `${label}_${count}`, rule };
  });
}

function otherEnd(source: RuleSource): string {
  if ("group" in source) return source.group;
  if (source.cidr === OPERATOR_CIDR) return "operator";
  return source.cidr === "0.0.0.0/0" ? "internet" : source.cidr.replaceAll(/[./]/g, "_");
}

const LONGEST_DESCRIPTION = 255;

/**
 * A text as AWS takes it in the description of a security group or rule: at most 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*
 * (EC2 API reference, AuthorizeSecurityGroupIngress).
 */
export function describe(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, " ");
  return clean.length <= LONGEST_DESCRIPTION ? clean : `${clean.slice(0, LONGEST_DESCRIPTION - 4)} ...`;
}
