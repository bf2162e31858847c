import { type NetworkRule, OPERATOR_CIDR, type Plan } from "@groundplan/model";
import type { StateResource } from "../terraform/state-resource.js";
import { blocksOf, isValues, textOf, textsOf, type Values } from "../values/value.js";
import { type Check, ofType } from "./check.js";

/** What AWS lets a description have: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const LONGEST_DESCRIPTION = 255;
/** A purpose that is too long is cut, and the cut may be marked. */
const CUT_AT_LEAST = 200;

export const RULES_EQUAL_PLAN: Check = {
  claim: "the security group rules are those of the stack: none is missing, none is added",
  contradictions({ resources, plan, operatorCidr }) {
    if (plan === null) return null;
    const groupOf = (host: string) => groupOfHost(resources, host);
    const expected = plan.rules.map((rule) => expectedRule(rule, operatorCidr, groupOf));
    const applied = appliedRules(resources);
    return [
      ...expected.filter((rule) => !applied.some((other) => isSame(rule, other))).map((rule) => `missing: ${renderRule(rule)}`),
      ...applied.filter((rule) => !expected.some((other) => isSame(other, rule))).map((rule) => `not of the stack: ${renderRule(rule)}`),
      ...(applied.length > expected.length && expected.length > 0 ? twice(applied) : []),
    ];
  },
};

/** The group that carries the host's name as its label or in its tag Host. */
function groupOfHost(resources: readonly StateResource[], host: string): string {
  const label = host.replaceAll("-", "_");
  const found = ofType(resources, "aws_security_group").find(
    ({ name, values }) => name === label || (isValues(values.tags) && values.tags.Host === host),
  );
  return found?.address ?? `aws_security_group.${label}`;
}

function isSame(expected: AppliedRule, applied: AppliedRule): boolean {
  const { description: purpose, ...one } = expected;
  const { description, ...other } = applied;
  const isDescribed =
    purpose.length <= LONGEST_DESCRIPTION ? description === purpose : description.slice(0, CUT_AT_LEAST) === purpose.slice(0, CUT_AT_LEAST);
  return isDescribed && JSON.stringify(one) === JSON.stringify(other);
}

function twice(rules: readonly AppliedRule[]): readonly string[] {
  const texts = rules.map(renderRule);
  return texts.filter((text, index) => texts.indexOf(text) !== index).map((text) => `twice: ${text}`);
}

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** What nobody opens to everybody on purpose: SSH, RDP and databases. */
const NEVER_OPEN = ["22", "3389", "3306", "5432", "6379", "27017", "11211"];

export const NOTHING_ELSE_OPEN: Check = {
  claim: "nothing is open to the internet that the stack does not say",
  contradictions({ resources, plan }) {
    if (ofType(resources, "aws_security_group").length === 0) return null;
    return appliedRules(resources)
      .filter(({ direction, source }) => direction === "ingress" && ANYWHERE.includes(source))
      .filter(({ group, ports }) => (plan === null ? isNeverOpen(ports) : !isPlanned(plan, group, ports)))
      .map((rule) => `open to the internet: ${renderRule(rule)}`);
  },
};

function isPlanned({ rules }: Plan, group: string, ports: string): boolean {
  return rules.some(
    (rule) =>
      rule.direction === "ingress" &&
      "cidr" in rule.source &&
      ANYWHERE.includes(rule.source.cidr) &&
      String(rule.port) === ports &&
      group.endsWith(`.${rule.group.replaceAll("-", "_")}`),
  );
}

function isNeverOpen(ports: string): boolean {
  if (ports === "all") return true;
  const [from = 0, to = from] = ports.split("-").map(Number);
  return NEVER_OPEN.some((port) => from <= Number(port) && Number(port) <= to);
}

/** A rule of a security group, wherever it came from. */
export interface AppliedRule {
  /** Address of the group's resource, or its id where it is not in the state. */
  readonly group: string;
  readonly direction: "ingress" | "egress";
  /** "all" for every protocol. */
  readonly protocol: string;
  readonly ports: string;
  /** A range, or the address of the other group's resource. */
  readonly source: string;
  readonly description: string;
}

/** The rules of a state: those that are resources of their own, and those inside their groups. */
function appliedRules(resources: readonly StateResource[]): readonly AppliedRule[] {
  const groups = ofType(resources, "aws_security_group", "aws_default_security_group");
  const nameOf = (id: string) => groups.find(({ values }) => values.id === id)?.address ?? id;
  const separate = ofType(resources, "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule").flatMap(
    ({ type, values }) =>
      rulesOf(nameOf(textOf(values.security_group_id) ?? ""), type.includes("ingress") ? "ingress" : "egress", values, nameOf),
  );
  const inline = groups.flatMap(({ address, values }) =>
    (["ingress", "egress"] as const).flatMap((direction) =>
      blocksOf(values[direction]).flatMap((block) => rulesOf(address, direction, block, nameOf)),
    ),
  );
  return [...separate, ...inline];
}

/** The rule that a plan's rule has to become. */
function expectedRule(rule: NetworkRule, operatorCidr: string, groupOf: (host: string) => string): AppliedRule {
  const { group, direction, port, protocol, source, purpose } = rule;
  const cidr = "cidr" in source ? (source.cidr === OPERATOR_CIDR ? operatorCidr : source.cidr) : null;
  return {
    group: groupOf(group),
    direction,
    protocol,
    ports: String(port),
    source: cidr ?? ("group" in source ? groupOf(source.group) : ""),
    description: purpose,
  };
}

function renderRule({ group, direction, protocol, ports, source, description }: AppliedRule): string {
  return `${group} ${direction} ${protocol} ${ports} ${direction === "ingress" ? "from" : "to"} ${source} (${description || "no description"})`;
}

function rulesOf(
  group: string,
  direction: AppliedRule["direction"],
  values: Values,
  nameOf: (id: string) => string,
): readonly AppliedRule[] {
  const protocol = textOf(values.ip_protocol) ?? textOf(values.protocol) ?? "";
  const [from, to] = [values.from_port ?? null, values.to_port ?? null];
  const isAll = protocol === "-1";
  const groups = [textOf(values.referenced_security_group_id), ...textsOf(values.security_groups)].flatMap((id) =>
    id === null ? [] : nameOf(id),
  );
  const ranges = [textOf(values.cidr_ipv4), textOf(values.cidr_ipv6), textOf(values.prefix_list_id)].flatMap((text) => text ?? []);
  const inlineRanges = [...textsOf(values.cidr_blocks), ...textsOf(values.ipv6_cidr_blocks), ...textsOf(values.prefix_list_ids)];
  const own = values.self === true ? [group] : [];
  return [...groups, ...ranges, ...inlineRanges, ...own].map((source) => ({
    group,
    direction,
    protocol: isAll ? "all" : protocol,
    ports: isAll ? "all" : from === to ? String(from) : `${from}-${to}`,
    source,
    description: textOf(values.description) ?? "",
  }));
}
