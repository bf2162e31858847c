import type { Plan } from "@groundplan/model";
import { hasDataVolume } from "../data-volume.js";
import { DATA_VOLUME_GB, ROOT_VOLUME_GB } from "./defaults.js";
import { type HclValue, quoted, raw } from "./hcl/hcl-value.js";
import { attributes, block, comment, type HclItem, heading } from "./hcl/render-hcl.js";

/** What differs between two deployments of the stack. Only two have no default: nobody but the operator knows them. */
export function variablesFile(plan: Plan): readonly HclItem[] {
  const { aws, stack, monitoring, hosts } = plan;
  const dataHosts = hosts.filter((host) => hasDataVolume(plan, host)).map(({ name }) => name);
  const hasPrivateHosts = hosts.some(({ subnet }) => subnet === "private");
  const email = monitoring?.alarms?.email;
  return [
    ...heading("What differs between two deployments. operator_cidr and ssh_public_key have no default."),
    operatorCidr(),
    sshFromAnywhere(),
    sshPublicKey(),
    regionVariable(aws.region),
    variable("project", "string", "Value of the tag Project on every resource, for the bill.", stack),
    hostMap(
      "instance_types",
      "string",
      "Instance types that differ from the stack file's, by host: x86-64 ones.",
      hosts.map(({ name }) => name),
      [
        'alltrue([for type in values(var.instance_types) : can(regex("^[a-z][a-z0-9-]*\\\\.[a-z0-9-]+$", type)) && !can(regex("^[a-z]+[0-9]+g", type))])',
        "Instance types are a family, a dot and a size, such as t3.small. ARM families (t4g, m7g) do not fit: the hosts' system is x86-64.",
      ],
    ),
    variable(
      "root_volume_gb",
      "number",
      "Size of each host's system disk in GiB: system, images, and what monitoring keeps.",
      ROOT_VOLUME_GB,
      ["var.root_volume_gb >= 8", "Ubuntu's image needs 8 GiB."],
    ),
    ...(dataHosts.length === 0 ? [] : dataVariables(dataHosts)),
    ...(hasPrivateHosts ? [natVariable(aws.nat)] : []),
    ...(aws.domain === null
      ? []
      : [variable("hosted_zone", "string", `Name of the public Route 53 zone that ${aws.domain} lies in.`, aws.domain)]),
    ...(email === undefined
      ? []
      : [
          variable("alarm_email", "string", "Where alarms are sent. AWS asks this address for a confirmation first.", email, [
            'can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))',
            "Write one e-mail address.",
          ]),
        ]),
    ...(monitoring === null ? [] : [logRetention()]),
  ];
}

type Check = readonly [condition: string, message: string];

function variable(name: string, type: string, description: string, defaultValue: HclValue, ...checks: readonly Check[]): HclItem {
  const values = { description, type: raw(type), default: defaultValue, nullable: false };
  return block("variable", [name], ...attributes(values), ...checks.map(validation));
}

function required(name: string, description: string, ...checks: readonly HclItem[]): HclItem {
  return block("variable", [name], ...attributes({ description, type: raw("string") }), ...checks);
}

function validation([condition, message]: Check): HclItem {
  return block("validation", [], ...attributes({ condition: raw(condition), error_message: message }));
}

/** A map with an entry for those hosts that differ. A misspelt host would have no effect, so it is refused. */
function hostMap(name: string, type: string, description: string, hosts: readonly string[], ...checks: readonly Check[]): HclItem {
  const known = `[${hosts.map(quoted).join(", ")}]`;
  return variable(name, `map(${type})`, description, {}, ...checks, [
    `alltrue([for host in keys(var.${name}) : contains(${known}, host)])`,
    `The hosts are ${hosts.join(", ")}.`,
  ]);
}

function operatorCidr(): HclItem {
  return required(
    "operator_cidr",
    "Your own address: the one IPv4 range that SSH is open to, such as 203.0.113.7/32.",
    validation([
      'try(cidrsubnet(var.operator_cidr, 0, 0) == var.operator_cidr && cidrnetmask(var.operator_cidr) != "", false)',
      "Write an IPv4 range with zeros after its prefix, such as 203.0.113.0/24; a single address ends in /32.",
    ]),
    block(
      "validation",
      [],
      comment("Shorter prefixes than /8 are large parts of the internet."),
      ...attributes({
        condition: raw('var.allow_ssh_from_anywhere || try(tonumber(split("/", var.operator_cidr)[1]) >= 8, true)'),
        error_message: "This opens SSH to the internet. Write your own range, or say allow_ssh_from_anywhere = true if that is meant.",
      }),
    ),
  );
}

function sshFromAnywhere(): HclItem {
  return variable("allow_ssh_from_anywhere", "bool", "Says that operator_cidr may be 0.0.0.0/0. Only keys are let in either way.", false);
}

function sshPublicKey(): HclItem {
  return required(
    "ssh_public_key",
    "Text of your SSH public key, such as the content of ~/.ssh/id_ed25519.pub.",
    validation([
      'can(regex("^(ssh-ed25519|ssh-rsa) AAAA[0-9A-Za-z+/]+={0,3}( [^\\\\n\\\\r]*)?$", trimspace(var.ssh_public_key)))',
      "Write one public key in OpenSSH's format, of type ssh-ed25519 or ssh-rsa (EC2 takes no other): the line in the file that ends in .pub.",
    ]),
  );
}

function regionVariable(region: string): HclItem {
  return variable("region", "string", "AWS region.", region, [
    'can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))',
    "Write the code of a region of AWS's commercial partition, such as eu-central-1.",
  ]);
}

function dataVariables(hosts: readonly string[]): readonly HclItem[] {
  return [
    hostMap(
      "data_volume_gb",
      "number",
      `Sizes in GiB of data volumes that shall not have ${DATA_VOLUME_GB}, by host. A volume can grow, never shrink.`,
      hosts,
    ),
    variable(
      "termination_protection",
      "bool",
      "Keeps hosts with a database from being deleted, and with them their data volumes. Say false, and apply, before you destroy.",
      true,
    ),
  ];
}

function natVariable(nat: boolean): HclItem {
  return variable(
    "nat_gateway",
    "bool",
    "Whether private hosts have a way out to the internet. It costs by the hour; without it they can fetch nothing and CloudWatch hears nothing.",
    nat,
  );
}

function logRetention(): HclItem {
  return variable("log_retention_days", "number", "How long CloudWatch keeps the logs.", 30, [
    "contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)",
    "CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days.",
  ]);
}
