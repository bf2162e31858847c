import type { Plan } from "@groundplan/model";
import { attributes, block, comment, type HclItem, type HclValue, heading, quoted, raw } from "./hcl.js";

/** Something that differs between two deployments of a stack: a variable of Terraform. */
export interface Variable {
  readonly name: string;
  readonly type: "string" | "number" | "bool" | "map(string)" | "map(number)";
  /** One or two sentences. */
  readonly description: string;
  /** It has no default: nobody but the operator knows it. */
  readonly required: boolean;
  /** What it is when the operator says nothing. */
  readonly default?: HclValue;
  /** What must hold of it, as Terraform's expressions. */
  readonly checks: readonly VariableCheck[];
}

export interface VariableCheck {
  readonly condition: string;
  /** What the operator reads when it does not hold. */
  readonly message: string;
  /** What a reader of the file should know. */
  readonly why?: string;
}

/** Sizes of disks in GiB where the operator says no other. */
export const ROOT_VOLUME_GB = 20;
export const DATA_VOLUME_GB = 20;

/** In the order of the file. Only two have no default. `dataHosts`: names of the hosts with a data volume. */
export function variablesOf({ aws, stack, monitoring, hosts }: Plan, dataHosts: readonly string[]): readonly Variable[] {
  const hasPrivateHosts = hosts.some(({ subnet }) => subnet === "private");
  const email = monitoring?.alarms?.email;
  return [
    OPERATOR_RANGE,
    optional("allow_ssh_from_anywhere", "bool", "Says that operator_cidr may be 0.0.0.0/0. Only keys are let in either way.", false),
    SSH_PUBLIC_KEY,
    optional("region", "string", "AWS region.", aws.region, {
      condition: 'can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))',
      message: "Write the code of a region of AWS's commercial partition, such as eu-central-1.",
    }),
    optional("project", "string", "Value of the tag Project on every resource, for the bill.", stack),
    ofHosts(
      "instance_types",
      "map(string)",
      "Instance types that differ from the stack file's, by host: x86-64 ones.",
      hosts.map(({ name }) => name),
      {
        condition:
          'alltrue([for type in values(var.instance_types) : can(regex("^[a-z][a-z0-9-]*\\\\.[a-z0-9-]+$", type)) && !can(regex("^[a-z]+[0-9]+g", type))])',
        message:
          "Instance types are a family, a dot and a size, such as t3.small. ARM families (t4g, m7g) do not fit: the hosts' system is x86-64.",
      },
    ),
    optional(
      "root_volume_gb",
      "number",
      "Size of each host's system disk in GiB: system, images, and what monitoring keeps.",
      ROOT_VOLUME_GB,
      {
        condition: "var.root_volume_gb >= 8",
        message: "Ubuntu's image needs 8 GiB.",
      },
    ),
    ...(dataHosts.length === 0 ? [] : dataVariables(dataHosts)),
    ...(hasPrivateHosts
      ? [
          optional(
            "nat_gateway",
            "bool",
            "Whether private hosts have a way out to the internet. It costs by the hour; without it they can fetch nothing and CloudWatch hears nothing.",
            aws.nat,
          ),
        ]
      : []),
    ...(aws.domain === null
      ? []
      : [optional("hosted_zone", "string", `Name of the public Route 53 zone that ${aws.domain} lies in.`, aws.domain)]),
    ...(email === undefined
      ? []
      : [
          optional("alarm_email", "string", "Where alarms are sent. AWS asks this address for a confirmation first.", email, {
            condition: 'can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))',
            message: "Write one e-mail address.",
          }),
        ]),
    ...(monitoring === null ? [] : [LOG_RETENTION]),
  ];
}

/** The file variables.tf. */
export function variablesFile(variables: readonly Variable[]): readonly HclItem[] {
  return [
    ...heading("What differs between two deployments. operator_cidr and ssh_public_key have no default."),
    ...variables.map(({ name, type, description, required, default: usual = null, checks }) =>
      block(
        "variable",
        [name],
        ...attributes({ description, type: raw(type), ...(required ? {} : { default: usual, nullable: false }) }),
        ...checks.map(({ condition, message, why }) =>
          block(
            "validation",
            [],
            ...(why === undefined ? [] : [comment(why)]),
            ...attributes({ condition: raw(condition), error_message: message }),
          ),
        ),
      ),
    ),
  ];
}

function optional(
  name: string,
  type: Variable["type"],
  description: string,
  usual: HclValue,
  ...checks: readonly VariableCheck[]
): Variable {
  return { name, type, description, required: false, default: usual, checks };
}

/** A map with an entry for those hosts that differ. A misspelt host would have no effect, so it is refused. */
function ofHosts(
  name: string,
  type: "map(string)" | "map(number)",
  description: string,
  hosts: readonly string[],
  ...checks: readonly VariableCheck[]
): Variable {
  const known = `[${hosts.map(quoted).join(", ")}]`;
  return optional(name, type, description, {}, ...checks, {
    condition: `alltrue([for host in keys(var.${name}) : contains(${known}, host)])`,
    message: `The hosts are ${hosts.join(", ")}.`,
  });
}

const OPERATOR_RANGE: Variable = {
  name: "operator_cidr",
  type: "string",
  description: "Your own address: the one IPv4 range that SSH is open to, such as 203.0.113.7/32.",
  required: true,
  checks: [
    {
      condition: 'try(cidrsubnet(var.operator_cidr, 0, 0) == var.operator_cidr && cidrnetmask(var.operator_cidr) != "", false)',
      message: "Write an IPv4 range with zeros after its prefix, such as 203.0.113.0/24; a single address ends in /32.",
    },
    {
      why: "Shorter prefixes than /8 are large parts of the internet.",
      condition: 'var.allow_ssh_from_anywhere || try(tonumber(split("/", var.operator_cidr)[1]) >= 8, true)',
      message: "This opens SSH to the internet. Write your own range, or say allow_ssh_from_anywhere = true if that is meant.",
    },
  ],
};

const SSH_PUBLIC_KEY: Variable = {
  name: "ssh_public_key",
  type: "string",
  description: "Text of your SSH public key, such as the content of ~/.ssh/id_ed25519.pub.",
  required: true,
  checks: [
    {
      condition: 'can(regex("^(ssh-ed25519|ssh-rsa) AAAA[0-9A-Za-z+/]+={0,3}( [^\\\\n\\\\r]*)?$", trimspace(var.ssh_public_key)))',
      message:
        "Write one public key in OpenSSH's format, of type ssh-ed25519 or ssh-rsa (EC2 takes no other): the line in the file that ends in .pub.",
    },
  ],
};

function dataVariables(hosts: readonly string[]): readonly Variable[] {
  return [
    ofHosts(
      "data_volume_gb",
      "map(number)",
      `Sizes in GiB of data volumes that shall not have ${DATA_VOLUME_GB}, by host. A volume can grow, never shrink.`,
      hosts,
    ),
    optional(
      "termination_protection",
      "bool",
      "Keeps hosts with a database from being deleted, and with them their data volumes. Say false, and apply, before you destroy.",
      true,
    ),
  ];
}

const LOG_RETENTION = optional("log_retention_days", "number", "How long CloudWatch keeps the logs.", 30, {
  condition:
    "contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)",
  message:
    "CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days.",
});
