import type { Cloud, CloudResource } from "../cloud/cloud.js";
import { emptyOf } from "../cloud/real-values.js";
import { stableHash } from "../cloud/stable-hash.js";
import { Refusal } from "../protocol/provider.js";
import { awsSchema } from "../schema/aws-schema.js";
import { blocksOf, isValues, textOf, textsOf, type Value, type Values } from "../values/value.js";

/** Some of what a data source says; the rest of its attributes is empty. @throws Refusal when there is nothing to tell of. */
export type Answer = (cloud: Cloud, config: Values) => Values;

const ANSWERS: Readonly<Record<string, Answer>> = {
  aws_ami: answerAmi,
  aws_iam_policy_document: (_cloud, config) => renderPolicy(config),
  aws_vpc: answerNetwork("aws_vpc"),
  aws_subnet: answerNetwork("aws_subnet"),
  aws_subnets: (cloud, config) => ({
    id: cloud.region,
    ids: matchingResources(cloud, "aws_subnet", config).map(({ id }) => id),
  }),
  aws_availability_zones: ({ region }) => ({
    id: region,
    names: ["a", "b", "c"].map((letter) => `${region}${letter}`),
    zone_ids: [1, 2, 3].map((number) => `${region}-az${number}`),
    group_names: [region],
  }),
  aws_caller_identity: ({ account }) => ({
    id: account,
    account_id: account,
    arn: `arn:aws:iam::${account}:user/groundplan`,
    user_id: "AIDAGROUNDPLAN",
  }),
  aws_region: ({ region }, { region: asked }) => {
    const name = typeof asked === "string" ? asked : region;
    return { id: name, name, region: name, endpoint: `ec2.${name}.amazonaws.com`, description: name };
  },
  aws_partition: () => ({ id: "aws", partition: "aws", dns_suffix: "amazonaws.com", reverse_dns_prefix: "com.amazonaws" }),
  aws_default_tags: ({ defaultTags }) => ({ id: "aws", tags: defaultTags }),
  aws_route53_zone: answerZone,
  aws_ssm_parameter: answerParameter,
  aws_ec2_managed_prefix_list: (_cloud, { name, id }) => ({ id: id ?? "pl-0123456789abcdef0", name: name ?? "", address_family: "IPv4" }),
};

/** What a data source says, all of its attributes. */
export function answerData(cloud: Cloud, type: string, config: Values): Values {
  const schema = awsSchema().data_source_schemas[type];
  if (schema === undefined) throw new Error(`the schema has no data source ${type}`);
  const known: Values = { ...config, region: config.region ?? cloud.region, ...ANSWERS[type]?.(cloud, config) };
  const filled = Object.entries(schema.block.attributes ?? {}).map(([name, attribute]): readonly [string, Value] => [
    name,
    known[name] ?? (attribute.computed === true ? emptyOf(attribute.type) : null),
  ]);
  const blocks = Object.keys(schema.block.block_types ?? {}).map((name): readonly [string, Value] => [name, known[name] ?? null]);
  return Object.fromEntries([...filled, ...blocks]);
}

/** A zone that the account is taken to have: whether it does, nobody knows here. */
function answerZone(cloud: Cloud, { name, zone_id }: Values): Values {
  const wanted = typeof name === "string" ? name.replace(/\.$/, "") : null;
  const made = cloud.all("aws_route53_zone").find((zone) => (wanted === null ? zone.id === zone_id : zone.values.name === wanted));
  if (made !== undefined) return { id: made.id, zone_id: made.id, name: made.values.name ?? null, arn: made.values.arn ?? null };
  const id = typeof zone_id === "string" ? zone_id : `Z0${stableHash(wanted ?? "").toUpperCase()}`;
  const values = { id, zone_id: id, name: wanted ?? "example.com", arn: `arn:aws:route53:::hostedzone/${id}` };
  cloud.put("aws_route53_zone", id, values);
  return values;
}

/** A parameter that was made here, or one of those that AWS publishes, of which an AMI's id is what a configuration reads. */
function answerParameter(cloud: Cloud, { name }: Values): Values {
  const text = typeof name === "string" ? name : "";
  const made = cloud.find("aws_ssm_parameter", text);
  const arn = `arn:aws:ssm:${cloud.region}:${cloud.account}:parameter${text.startsWith("/") ? "" : "/"}${text}`;
  if (made !== null) return { id: text, arn, type: made.values.type ?? null, value: made.values.value ?? null, version: 1 };
  if (!text.startsWith("/aws/service/")) throw new Refusal("ParameterNotFound", `there is no parameter ${text}`, "name");
  const value = `ami-0${stableHash(text)}`;
  return { id: text, arn, type: "String", value, insecure_value: value, version: 1 };
}

/** An image of the name and architecture that was asked for: whether AWS has one, nobody knows here. */
function answerAmi({ region }: Cloud, config: Values): Values {
  const filters = new Map(blocksOf(config.filter).map(({ name, values }) => [textOf(name) ?? "", textsOf(values)[0] ?? ""]));
  const name = (filters.get("name") ?? textOf(config.name_regex) ?? "image").replaceAll("*", "20260101");
  const id = filters.get("image-id") ?? `ami-0${stableHash(`${region} ${name}`)}`;
  return {
    id,
    image_id: id,
    name,
    arn: `arn:aws:ec2:${region}::image/${id}`,
    architecture: filters.get("architecture") ?? (/arm64/.test(name) ? "arm64" : "x86_64"),
    owner_id: textsOf(config.owners).find((owner) => /^\d{12}$/.test(owner)) ?? "",
    state: "available",
    public: true,
    creation_date: "2026-01-01T00:00:00.000Z",
    image_type: "machine",
    hypervisor: "xen",
    ena_support: true,
    root_device_name: "/dev/sda1",
    root_device_type: "ebs",
    virtualization_type: "hvm",
  };
}

/** Attributes that a filter knows by another name. */
const FILTERS: Readonly<Record<string, string>> = {
  "vpc-id": "vpc_id",
  "cidr-block": "cidr_block",
  "availability-zone": "availability_zone",
};
const ATTRIBUTES = ["id", "vpc_id", "cidr_block", "availability_zone"];

/** The one VPC or subnet that was asked for. */
function answerNetwork(type: string): Answer {
  return (cloud, config) => {
    const found = matchingResources(cloud, type, config);
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw new Refusal(
        "InvalidParameterValue",
        `${found.length} of ${type} match, one is needed. Here is only what the configuration itself makes, and a default VPC.`,
      );
    return { ...only.values };
  };
}

function matchingResources(cloud: Cloud, type: string, config: Values): readonly CloudResource[] {
  const filters = blocksOf(config.filter).map(({ name, values }) => ({ name: textOf(name) ?? "", values: textsOf(values) }));
  return cloud
    .all(type)
    .filter(
      ({ values }) =>
        ATTRIBUTES.every((name) => textOf(config[name]) === null || config[name] === values[name]) &&
        (config.default !== true || values.default === true) &&
        (config.default_for_az !== true || values.default_for_az === true) &&
        hasTags(values, config.tags) &&
        filters.every((filter) => passes(values, filter)),
    );
}

function hasTags(values: Values, wanted: Value | undefined): boolean {
  const tags = isValues(values.tags_all) ? values.tags_all : {};
  return !isValues(wanted) || Object.entries(wanted).every(([name, value]) => tags[name] === value);
}

function passes(values: Values, { name, values: allowed }: { readonly name: string; readonly values: readonly string[] }): boolean {
  if (name.startsWith("tag:")) {
    const tag = isValues(values.tags_all) ? textOf(values.tags_all[name.slice("tag:".length)]) : null;
    return tag !== null && allowed.includes(tag);
  }
  if (name === "default-for-az") return allowed.includes(String(values.default_for_az === true));
  const value = textOf(values[FILTERS[name] ?? name]);
  return value !== null && allowed.includes(value);
}

/** A principal, an action or a condition's value: AWS' own tool writes one alone without a list. */
type OneOrMore = string | readonly string[];

/**
 * The JSON of aws_iam_policy_document. Statements of source documents come first, those of override documents replace by `sid`:
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderPolicy(config: Values): Values {
  const sources = [config.source_json, ...elements(config.source_policy_documents)].flatMap(statementsIn);
  const overrides = [config.override_json, ...elements(config.override_policy_documents)].flatMap(statementsIn);
  const policyId = textOf(config.policy_id);
  const policy = {
    Version: textOf(config.version) ?? "2012-10-17",
    ...(policyId === null ? {} : { Id: policyId }),
    Statement: merged([...sources, ...blocksOf(config.statement).map(renderStatement)], overrides),
  };
  return { id: policyId ?? "policy", json: JSON.stringify(policy, null, 2), minified_json: JSON.stringify(policy) };
}

interface Statement {
  readonly Sid?: string;
  readonly [name: string]: unknown;
}

function renderStatement(block: Values): Statement {
  const sid = textOf(block.sid);
  return {
    ...(sid === null ? {} : { Sid: sid }),
    Effect: textOf(block.effect) ?? "Allow",
    ...list("Action", block.actions),
    ...list("NotAction", block.not_actions),
    ...list("Resource", block.resources),
    ...list("NotResource", block.not_resources),
    ...principals("Principal", block.principals),
    ...principals("NotPrincipal", block.not_principals),
    ...conditions(block.condition),
  };
}

function list(name: string, value: Value | undefined): Readonly<Record<string, OneOrMore>> {
  const texts = textsOf(value);
  return texts.length === 0 ? {} : { [name]: oneOrMore([...texts].sort()) };
}

function principals(name: string, value: Value | undefined): object {
  const blocks = blocksOf(value).map(({ type, identifiers }) => [textOf(type) ?? "", oneOrMore([...textsOf(identifiers)].sort())] as const);
  if (blocks.length === 0) return {};
  const isEveryone = blocks.length === 1 && blocks[0]?.[0] === "*" && blocks[0][1] === "*";
  return { [name]: isEveryone ? "*" : Object.fromEntries(blocks) };
}

function conditions(value: Value | undefined): object {
  const tests: Record<string, Record<string, OneOrMore>> = {};
  for (const { test, variable, values } of blocksOf(value)) {
    const name = textOf(test) ?? "";
    tests[name] = { ...tests[name], [textOf(variable) ?? ""]: oneOrMore(textsOf(values)) };
  }
  return Object.keys(tests).length === 0 ? {} : { Condition: tests };
}

function oneOrMore(texts: readonly string[]): OneOrMore {
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts;
}

function elements(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function statementsIn(value: Value | undefined): readonly Statement[] {
  const text = textOf(value);
  if (text === null) return [];
  const { Statement: found = [] } = JSON.parse(text) as { Statement?: Statement | readonly Statement[] };
  return Array.isArray(found) ? (found as readonly Statement[]) : [found as Statement];
}

function merged(statements: readonly Statement[], overrides: readonly Statement[]): readonly Statement[] {
  const replaced = statements.map((statement) => overrides.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid) ?? statement);
  return [...replaced, ...overrides.filter((override) => !replaced.includes(override))];
}
