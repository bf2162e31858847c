import type { Plan, PlannedComponent } from "@groundplan/model";
import type { GeneratedFile } from "../../target.js";
import type { CloudwatchPlan, HostsPlan } from "../hosts-plan.js";
import { bootstrapFile, renderBootstrapReadme, requirements } from "./bootstrap.js";
import {
  attribute,
  attributes,
  block,
  type HclItem,
  type HclObject,
  type HclValue,
  heading,
  labelOf,
  raw,
  reference,
  renderHcl,
} from "./hcl.js";
import { hostOutput, hostsFile, publicAddress } from "./hosts.js";
import { identityFile } from "./identity.js";
import { monitoringFile } from "./monitoring.js";
import { networkFile } from "./network.js";
import { securityFile } from "./security.js";
import { variablesFile } from "./variables.js";

type RenderFile = (hosts: HostsPlan) => readonly HclItem[];

/** By topic, in the order in which one reads them. A file of which the stack needs nothing is left out. */
const FILES: readonly (readonly [path: string, render: RenderFile])[] = [
  ["versions.tf", versionsFile],
  ["variables.tf", ({ variables }) => variablesFile(variables)],
  ["network.tf", networkFile],
  ["security.tf", securityFile],
  ["identity.tf", identityFile],
  ["hosts.tf", hostsFile],
  ["dns.tf", dnsFile],
  ["monitoring.tf", monitoringFile],
  ["outputs.tf", outputsFile],
  ["bootstrap/main.tf", bootstrapFile],
];

/** Not the lock file of the providers, nor the little state of the bucket: they belong into git. */
const IGNORED = `${[".terraform/", "*.tfstate", "*.tfstate.*", "!bootstrap/terraform.tfstate", "*.tfplan", "*.tfvars", "crash.log"].join("\n")}\n`;

/** The stack on AWS as plain Terraform, under `terraform/`. */
export function renderTerraform(hosts: HostsPlan): readonly GeneratedFile[] {
  const files = [
    ...terraformFiles(hosts).map(({ path, items }) => ({ path, text: renderHcl(items) })),
    { path: "bootstrap/README.md", text: renderBootstrapReadme(hosts.plan) },
    { path: ".gitignore", text: IGNORED },
  ];
  return files.map(({ path, text }) => ({ path: `terraform/${path}`, text }));
}

/** The same before it is text. */
export function terraformFiles(hosts: HostsPlan): readonly { readonly path: string; readonly items: readonly HclItem[] }[] {
  return FILES.map(([path, render]) => ({ path, items: render(hosts) })).filter(({ items }) => items.length > 0);
}

function versionsFile({ plan: { stack } }: HostsPlan): readonly HclItem[] {
  return [
    ...heading("Which programs read these files, and what every resource is marked with."),
    requirements(),
    block(
      "provider",
      ["aws"],
      attribute("region", raw("var.region")),
      block("default_tags", [], attribute("tags", { Project: raw("var.project"), Stack: stack, ManagedBy: "terraform" })),
    ),
  ];
}

/** Name and host of each public service in the stack's domain. */
function dnsFile({ plan: { components, aws } }: HostsPlan): readonly HclItem[] {
  if (aws.domain === null) return [];
  const { domain } = aws;
  return [
    ...heading("A name for each public service. The certificates are the proxy's on the host: it asks Let's Encrypt for them."),
    block("data", ["aws_route53_zone", "main"], ...attributes({ name: raw("var.hosted_zone"), private_zone: false })),
    ...components
      .filter((component) => component.public)
      .map(({ name, host }) =>
        block(
          "resource",
          ["aws_route53_record", labelOf(name)],
          ...attributes({
            zone_id: raw("data.aws_route53_zone.main.zone_id"),
            name: `${name}.${domain}`,
            type: "A",
            ttl: 300,
            records: [publicAddress(host)],
          }),
        ),
      ),
  ];
}

/** What Ansible's inventory and people need to know. */
function outputsFile({ plan, hosts, cloudwatch }: HostsPlan): readonly HclItem[] {
  const { components } = plan;
  const bastion = hosts.find((host) => host.bastion);
  return [
    ...heading("What Ansible's inventory and people need to know."),
    output("hosts", "Each host by its name: addresses, instance and data volume.", byName(hosts, hostOutput)),
    output("bastion", "The host through which operators reach the others by SSH.", bastion?.name ?? ""),
    output("ssh_user", "The user to log in as.", "ubuntu"),
    output("region", "Where it all is.", raw("var.region")),
    output(
      "public_urls",
      "Where people find each public service.",
      byName(
        components.filter((component) => component.public),
        (component) => urlOf(plan, component),
      ),
    ),
    output("log_groups", "Log groups of CloudWatch that the agent writes to.", logGroups(cloudwatch)),
    ...(cloudwatch.sendsAlarms
      ? [output("alarm_topic_arn", "The SNS topic that alarms are sent to.", reference("aws_sns_topic", "alarms", "arn"))]
      : []),
  ];
}

function output(name: string, description: string, value: HclValue): HclItem {
  return block("output", [name], ...attributes({ description, value }));
}

function byName<T extends { readonly name: string }>(items: readonly T[], read: (item: T) => HclValue): HclObject {
  return Object.fromEntries(items.map((item) => [item.name, read(item)]));
}

/** With the port, unless it is the one that browsers take anyway. */
function urlOf({ aws }: Plan, { name, host, port }: PlannedComponent): HclValue {
  if (aws.domain !== null) return `https://${name}.${aws.domain}`;
  return raw(`"http://\${${publicAddress(host).text}}${port === 80 ? "" : `:${port}`}"`);
}

const logGroups = ({ logGroups: groups }: CloudwatchPlan): HclObject =>
  Object.fromEntries(Object.keys(groups).map((group) => [group, reference("aws_cloudwatch_log_group", group, "name")]));
