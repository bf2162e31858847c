import { type NetworkRule, OPERATOR_CIDR, type Plan } from "@groundplan/model";
import type { StateResource } from "../terraform/terraform-run.js";
import { blocksOf, isValues, textOf, textsOf, type Value, type Values } from "../values/value.js";

export interface CheckResult {
  readonly claim: string;
  /** `null`: there was nothing to hold it against. */
  readonly holds: boolean | null;
  /** What contradicts it, a sentence each. */
  readonly contradictions: readonly string[];
}

const PRIVATE_HOSTS_HAVE_NO_PUBLIC_ADDRESS: Check = {
  claim: "no private host has a public address",
  contradictions(applied) {
    const { resources, plan } = applied;
    const instances = ofType(resources, "aws_instance");
    if (instances.length === 0 && plan === null) return null;
    const missing = (plan?.hosts ?? [])
      .filter(({ name }) => !instances.some((instance) => isHost(instance, name)))
      .map(({ name }) => `the host ${name} has no instance`);
    const exposed = instances
      .filter((instance) => isPrivate(applied, instance))
      .flatMap((instance) => {
        const address = publicAddressOf(resources, instance);
        return address === null ? [] : [`${instance.address} is private and has the public address ${address}`];
      });
    return [...missing, ...exposed];
  },
};

/** What AWS lets a description have: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const LONGEST_DESCRIPTION = 255;

/** A purpose that is too long is cut, and the cut may be marked. */
const CUT_AT_LEAST = 200;

const RULES_EQUAL_PLAN: Check = {
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

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** What nobody opens to everybody on purpose: SSH, RDP and databases. */
const NEVER_OPEN = ["22", "3389", "3306", "5432", "6379", "27017", "11211"];

const NOTHING_ELSE_OPEN: Check = {
  claim: "nothing is open to the internet that the stack does not say",
  contradictions({ resources, plan }) {
    if (ofType(resources, "aws_security_group").length === 0) return null;
    return appliedRules(resources)
      .filter(({ direction, source }) => direction === "ingress" && ANYWHERE.includes(source))
      .filter(({ group, ports }) => (plan === null ? isNeverOpen(ports) : !isPlanned(plan, group, ports)))
      .map((rule) => `open to the internet: ${renderRule(rule)}`);
  },
};

/** A rule of a security group, wherever it came from. */
interface AppliedRule {
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

/** Something that must hold of what was applied. */
interface Check {
  /** What holds when it passes: a sentence without a full stop. */
  readonly claim: string;
  /** @returns what contradicts it, a sentence each; `null`: there is nothing to hold it against. */
  contradictions(applied: Applied): readonly string[] | null;
}

interface Applied {
  readonly resources: readonly StateResource[];
  /** The stack that the files were made from; `null`: they are somebody's own. */
  readonly plan: Plan | null;
  /** The range that stands for the operator's address. */
  readonly operatorCidr: string;
  /** Whether the cloud has something of this id or ARN. */
  readonly exists: (id: string) => boolean;
}

/** What holds of an applied configuration, each check on its own. */
export function runChecks(applied: Applied): readonly CheckResult[] {
  return CHECKS.map(({ claim, contradictions }) => {
    const found = contradictions(applied);
    return { claim, holds: found === null ? null : found.length === 0, contradictions: found ?? [] };
  });
}

const IMDS_V2_REQUIRED: Check = {
  claim: "every host answers for its metadata to session tokens only (IMDSv2)",
  contradictions({ resources }) {
    const hosts = ofType(resources, "aws_instance", "aws_launch_template");
    if (hosts.length === 0) return null;
    return hosts
      .filter(({ values }) => !blocksOf(values.metadata_options).some(isSafe))
      .map(({ address }) => `${address} has no metadata_options with http_tokens = "required"`);
  },
};

function isSafe({ http_tokens, http_endpoint }: Values): boolean {
  return http_tokens === "required" || http_endpoint === "disabled";
}

/** Ids as EC2 gives them to what is a resource of its own, and ARNs of the account. */
const ID = /^(vpc|subnet|sg|sgr|igw|nat|rtb|eipalloc|acl|eni|i|vol|vpce|lt|fl|eice)-[0-9a-f]{17}$/;

const OWN_ARN = /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:/;

const REFERENCES_RESOLVE: Check = {
  claim: "every id and ARN in the state belongs to something that exists",
  contradictions: ({ resources, exists }) =>
    resources.flatMap(({ address, values }) =>
      Object.entries(values).flatMap(([name, value]) =>
        textsIn(value)
          .filter((text) => (ID.test(text) || OWN_ARN.test(text)) && !exists(text.replace(/:\*$/, "")))
          .map((text) => `${address} has ${name} = ${text}, and there is no such thing`),
      ),
    ),
};

function textsIn(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isValues(value) ? Object.values(value).flatMap(textsIn) : [];
}

const VOLUMES_ENCRYPTED: Check = {
  claim: "every volume and database is encrypted",
  contradictions({ resources }) {
    const concerned = ofType(resources, "aws_instance", "aws_ebs_volume", "aws_db_instance", "aws_rds_cluster");
    if (concerned.length === 0) return null;
    const plain = (address: string, what: string) => `${address}: ${what} is not encrypted`;
    return [
      ...ofType(resources, "aws_instance").flatMap((instance) => openDevices(instance).map((device) => plain(instance.address, device))),
      ...ofType(resources, "aws_ebs_volume")
        .filter(({ values }) => values.encrypted !== true)
        .map(({ address }) => plain(address, "the volume")),
      ...ofType(resources, "aws_db_instance", "aws_rds_cluster")
        .filter(({ values }) => values.storage_encrypted !== true)
        .map(({ address }) => plain(address, "its storage")),
    ];
  },
};

function openDevices({ values }: StateResource): readonly string[] {
  const roots = blocksOf(values.root_block_device);
  // What the configuration does not tell of is as the image has it: Ubuntu's is not encrypted.
  const root = roots.length > 0 && roots.every(({ encrypted }) => encrypted === true) ? [] : ["the root volume"];
  const others = blocksOf(values.ebs_block_device).filter(({ encrypted }) => encrypted !== true);
  return [...root, ...others.map(({ device_name }) => `the volume ${String(device_name)}`)];
}

const CHECKS: readonly Check[] = [
  RULES_EQUAL_PLAN,
  NOTHING_ELSE_OPEN,
  PRIVATE_HOSTS_HAVE_NO_PUBLIC_ADDRESS,
  REFERENCES_RESOLVE,
  VOLUMES_ENCRYPTED,
  IMDS_V2_REQUIRED,
];

/** As the stack says; where there is none, by whether its subnet has a way to an internet gateway. */
function isPrivate({ plan, resources }: Applied, instance: StateResource): boolean {
  const planned = plan?.hosts.find(({ name }) => isHost(instance, name));
  return planned === undefined ? !leadsToInternet(resources, textOf(instance.values.subnet_id)) : planned.subnet === "private";
}

function isHost({ name, values }: StateResource, host: string): boolean {
  return name === host.replaceAll("-", "_") || (isValues(values.tags) && values.tags.Host === host);
}

function publicAddressOf(resources: readonly StateResource[], { values }: StateResource): string | null {
  const own = textOf(values.public_ip);
  if (own !== null || values.associate_public_ip_address === true) return own ?? "of its subnet";
  const associated = ofType(resources, "aws_eip_association").find((each) => each.values.instance_id === values.id);
  const address = ofType(resources, "aws_eip").find(
    (eip) => eip.values.instance === values.id || (associated !== undefined && eip.values.id === associated.values.allocation_id),
  );
  return textOf(address?.values.public_ip);
}

function leadsToInternet(resources: readonly StateResource[], subnet: string | null): boolean {
  const tables = ofType(resources, "aws_route_table_association")
    .filter(({ values }) => values.subnet_id === subnet)
    .map(({ values }) => values.route_table_id);
  const routes = [
    ...ofType(resources, "aws_route")
      .filter(({ values }) => tables.includes(values.route_table_id))
      .map(({ values }) => values),
    ...ofType(resources, "aws_route_table")
      .filter(({ values }) => tables.includes(values.id))
      .flatMap(({ values }) => blocksOf(values.route)),
  ];
  return routes.some(({ gateway_id }) => textOf(gateway_id)?.startsWith("igw-") === true);
}

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

function ofType(resources: readonly StateResource[], ...types: readonly string[]): readonly StateResource[] {
  return resources.filter(({ type }) => types.includes(type));
}
