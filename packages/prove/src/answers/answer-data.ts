import type { Cloud } from "../cloud/cloud.js";
import { emptyOf } from "../cloud/real-values.js";
import { stableHash } from "../cloud/stable-hash.js";
import { Refusal } from "../protocol/provider.js";
import { awsSchema } from "../schema/aws-schema.js";
import type { Value, Values } from "../values/value.js";
import type { Answer } from "./answer.js";
import { answerAmi } from "./answer-ami.js";
import { answerNetwork, matchingResources } from "./answer-network.js";
import { renderPolicy } from "./render-policy.js";

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
