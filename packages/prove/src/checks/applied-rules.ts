import { type NetworkRule, OPERATOR_CIDR } from "@groundplan/model";
import type { StateResource } from "../terraform/state-resource.js";
import { blocksOf, textOf, textsOf, type Values } from "../values/value.js";
import { ofType } from "./check.js";

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
export function appliedRules(resources: readonly StateResource[]): readonly AppliedRule[] {
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
export function expectedRule(rule: NetworkRule, operatorCidr: string, groupOf: (host: string) => string): AppliedRule {
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

export function renderRule({ group, direction, protocol, ports, source, description }: AppliedRule): string {
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
