import type { StateResource } from "../terraform/state-resource.js";
import { blocksOf, isValues, textOf, type Value, type Values } from "../values/value.js";
import { type Applied, type Check, ofType } from "./check.js";
import { NOTHING_ELSE_OPEN, RULES_EQUAL_PLAN } from "./rule-checks.js";

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
