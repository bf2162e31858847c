import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GrpcObject, loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { answerData } from "./answers/answer-data.js";
import { Cloud, type CloudResource } from "./cloud/cloud.js";
import { realValues } from "./cloud/real-values.js";
import type { AppliedChange, Change, PlannedChange, Provider } from "./protocol/provider.js";
import { providerCalls } from "./protocol/provider-calls.js";
import { applyRules } from "./rules/rules.js";
import { awsSchema } from "./schema/aws-schema.js";
import type { Block, ProviderSchema } from "./schema/schema.js";
import { blocksOf, equalValues, isUnknown, isValues, textOf, UNKNOWN, type Value, type Values } from "./values/value.js";

export interface OfflineAwsRun {
  /** The whole environment for a terraform process: it has no account, and nothing to download from. */
  readonly env: Readonly<Record<string, string>>;
  /** What is in the account. */
  readonly cloud: Cloud;
}

/** A provider that Terraform can be led to. */
interface ServedProvider {
  /** Variables for a terraform process that is to use it: no download, no account. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

const PROTO = fileURLToPath(new URL("../data/tfplugin6.proto", import.meta.url));

/** Sources without a host mean a different registry in either program. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

type Companion = readonly [type: string, id: string | null, values: Values];

/** What AWS makes beside a resource, without being asked, and takes away with it. */
const COMPANIONS: Readonly<Record<string, (values: Values) => readonly Companion[]>> = {
  aws_vpc: ({ id = null, default_security_group_id, default_network_acl_id, main_route_table_id }) => [
    ["aws_default_security_group", textOf(default_security_group_id), { vpc_id: id, name: "default" }],
    ["aws_network_acl", textOf(default_network_acl_id), { vpc_id: id }],
    ["aws_route_table", textOf(main_route_table_id), { vpc_id: id }],
  ],
  aws_instance: (values) => [
    ["aws_network_interface", textOf(values.primary_network_interface_id), { subnet_id: values.subnet_id ?? null }],
    ...[...blocksOf(values.root_block_device), ...blocksOf(values.ebs_block_device)].map(
      (device): Companion => ["aws_ebs_volume", textOf(device.volume_id), device],
    ),
  ],
  aws_nat_gateway: (values) => [["aws_network_interface", textOf(values.network_interface_id), { subnet_id: values.subnet_id ?? null }]],
};

const ZONES = ["a", "b", "c"];

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

/**
 * Runs something while an AWS provider without AWS is there for every terraform process that gets `env`.
 *
 * @example await withOfflineAws(({ env }) => promisify(execFile)("terraform", ["apply", "-auto-approve"], { cwd, env }));
 */
export async function withOfflineAws<T>(run: (offline: OfflineAwsRun) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-offline-aws-"));
  try {
    const cloud = new Cloud();
    const served = await serveProvider(awsSchema(), new OfflineAws(cloud));
    try {
      return await run({ env: { ...cleanEnv(), ...offlineSettings(folder), ...served.env }, cloud });
    } finally {
      served.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Providers come from an empty folder and from nowhere else: https://developer.hashicorp.com/terraform/cli/config/config-file#explicit-installation-method-configuration */
function offlineSettings(folder: string): Readonly<Record<string, string>> {
  const file = join(folder, "terraform.rc");
  const mirror = join(folder, "no-providers");
  mkdirSync(mirror);
  writeFileSync(
    file,
    `disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
}

/** Neither the account nor the settings of who runs it: they could lead a proof to a real cloud. */
function cleanEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(TF|AWS|TOFU)_/.test(entry[0])),
  );
}

/** Serves a provider on a socket of this process, readable by its owner only. */
async function serveProvider(schema: ProviderSchema, provider: Provider): Promise<ServedProvider> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-provider-"));
  const socket = join(folder, "provider.sock");
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(providerService(), providerCalls(schema, provider));
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))),
  );
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify(reattach(schema.provider, socket)) },
    close() {
      server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function providerService() {
  const loaded = loadPackageDefinition(loadSync(PROTO, { keepCase: true, defaults: true, enums: String, longs: Number }));
  return ((loaded.tfplugin6 as GrpcObject).Provider as ServiceClientConstructor).service;
}

/** The form is a fact of Terraform: https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode */
function reattach(address: string, socket: string): object {
  const name = address.split("/").slice(1).join("/");
  const config = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: process.pid,
    // Otherwise Terraform ends this process when it is done.
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  return Object.fromEntries(REGISTRIES.map((registry) => [`${registry}/${name}`, config]));
}

/** The AWS provider without AWS: its schema, and a cloud in memory that refuses what AWS would. */
export class OfflineAws implements Provider {
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  configure(config: Values): void {
    this.#cloud.region = textOf(config.region) ?? this.#cloud.region;
    const [tags] = blocksOf(config.default_tags);
    this.#cloud.defaultTags = isValues(tags?.tags) ? tags.tags : {};
    addDefaultNetwork(this.#cloud);
  }

  plan(type: string, { prior, proposed }: Change): PlannedChange {
    if (prior !== null && equalValues(prior, this.#withTags(type, proposed, prior))) return { planned: prior, replace: [] };
    const planned = this.#withTags(type, withUnknowns(blockOf(type), proposed), prior);
    applyRules("values", { cloud: this.#cloud, type, values: planned, id: textOf(prior?.id) });
    const replace = prior === null ? [] : forcesNew(type).filter((name) => !equalValues(prior[name], planned[name]));
    return { planned, replace };
  }

  apply(type: string, { prior, planned }: AppliedChange): Values | null {
    const id = textOf(prior?.id);
    if (planned === null) return this.#delete(type, id);
    applyRules("values", { cloud: this.#cloud, type, values: planned, id });
    applyRules("cloud", { cloud: this.#cloud, type, values: planned, id });
    const values = realValues(this.#cloud, type, planned, blockOf(type));
    addCompanions(this.#cloud, this.#cloud.put(type, textOf(values.id) ?? "", values));
    return values;
  }

  read(type: string, current: Values): Values | null {
    const found = this.#cloud.find(type, textOf(current.id));
    return found === null ? null : this.#asItIsNow(type, found.values);
  }

  readData(type: string, config: Values): Values {
    return answerData(this.#cloud, type, config);
  }

  #delete(type: string, id: string | null): null {
    const found = this.#cloud.find(type, id);
    // What somebody else deleted meanwhile is as gone as it should be.
    if (found === null) return null;
    applyRules("delete", { cloud: this.#cloud, type, values: found.values, id });
    const instance = this.#cloud.find("aws_instance", textOf(found.values.instance_id));
    // Terraform forgets such an attachment, and AWS ends it when the instance is gone.
    if (found.values.skip_destroy === true && instance !== null) this.#cloud.put(type, found.id, found.values, instance);
    else this.#cloud.remove(type, found.id);
    return null;
  }

  /** The real provider knows all tags while it plans: those of the resource over those of its own configuration. */
  #withTags(type: string, values: Values, prior: Values | null): Values {
    if (blockOf(type).attributes?.tags_all === undefined) return values;
    const own: Value = values.tags ?? null;
    const isPartlyUnknown = isUnknown(own) || (isValues(own) && Object.values(own).some(isUnknown));
    const all = isPartlyUnknown ? UNKNOWN : { ...this.#cloud.defaultTags, ...(isValues(own) ? own : {}) };
    return { ...values, tags_all: equalValues(prior?.tags_all, all) ? (prior?.tags_all ?? all) : all };
  }

  /**
   * An address that was associated later is an instance's public one, and the option counts as given:
   * https://github.com/hashicorp/terraform-provider-aws/issues/37318
   */
  #asItIsNow(type: string, values: Values): Values {
    if (type !== "aws_instance") return values;
    const association = this.#cloud.all("aws_eip_association").find((each) => each.values.instance_id === values.id);
    const address =
      this.#cloud.find("aws_eip", textOf(association?.values.allocation_id)) ??
      this.#cloud.all("aws_eip").find((each) => each.values.instance === values.id);
    return address === null || address === undefined
      ? values
      : { ...values, associate_public_ip_address: true, public_ip: address.values.public_ip ?? null };
  }
}

function blockOf(type: string): Block {
  const schema = awsSchema().resource_schemas[type];
  if (schema === undefined) throw new Error(`the schema has no resource ${type}`);
  return schema.block;
}

/** The VPC that every new account has in each region: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html */
export function addDefaultNetwork(cloud: Cloud): void {
  const id = "vpc-00000000000000000";
  if (cloud.find("aws_vpc", id) !== null) return;
  const vpc = cloud.put("aws_vpc", id, {
    id,
    cidr_block: "172.31.0.0/16",
    default: true,
    default_security_group_id: "sg-00000000000000000",
    main_route_table_id: "rtb-00000000000000000",
  });
  addCompanions(cloud, vpc);
  ZONES.forEach((zone, index) => {
    const subnet = `subnet-0000000000000000${index}`;
    cloud.put("aws_subnet", subnet, {
      id: subnet,
      vpc_id: id,
      cidr_block: `172.31.${index * 16}.0/20`,
      availability_zone: `${cloud.region}${zone}`,
      map_public_ip_on_launch: true,
      default_for_az: true,
    });
  });
}

function forcesNew(type: string): readonly string[] {
  return FORCE_NEW[type] ?? [];
}

/** The values with each computed one that has none marked as unknown, in blocks too: AWS decides it. */
export function withUnknowns({ attributes = {}, block_types = {} }: Block, values: Values): Values {
  const marked: Record<string, Value> = { ...values };
  for (const [name, { computed, write_only }] of Object.entries(attributes)) {
    if (computed === true && write_only !== true && (values[name] ?? null) === null) marked[name] = UNKNOWN;
    if (write_only === true) marked[name] = null;
  }
  for (const [name, { block }] of Object.entries(block_types)) {
    const inner = (value: Value) => (isValues(value) ? withUnknowns(block, value) : value);
    const value = values[name];
    if (value !== undefined) marked[name] = Array.isArray(value) ? value.map(inner) : inner(value);
  }
  return marked;
}

function addCompanions(cloud: Cloud, resource: CloudResource): void {
  for (const [type, id, values] of COMPANIONS[resource.type]?.(resource.values) ?? []) {
    if (id !== null && cloud.find(type, id) === null) cloud.put(type, id, values, resource);
  }
}
