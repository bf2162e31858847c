import type { Plan, PlannedComponent } from "@groundplan/model";
import type { GeneratedFile } from "../../target.js";
import { shell } from "../../text/words.js";
import type { CloudwatchPlan, HostsPlan } from "../hosts-plan.js";
import {
  attribute,
  attributes,
  block,
  call,
  comment,
  gap,
  type HclItem,
  type HclObject,
  type HclValue,
  heading,
  labelOf,
  policy,
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

const bucket = reference("aws_s3_bucket", "state", "id");

/** The AWS provider whose schema these files are checked against. */
const PROVIDER_VERSION = "~> 6.45";

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

/** The bucket for the state, as a configuration of its own: a state cannot be in a bucket that it describes. */
function bootstrapFile({ plan: { stack, aws } }: HostsPlan): readonly HclItem[] {
  const marked = { Project: stack, Stack: stack, ManagedBy: "terraform" };
  return [
    ...heading("The S3 bucket that keeps the state of the stack, for those who work on it together. Made once; see README.md."),
    requirements(),
    block("provider", ["aws"], attribute("region", raw("var.region")), block("default_tags", [], attribute("tags", marked))),
    block(
      "variable",
      ["region"],
      ...attributes({ description: "AWS region of the bucket.", type: raw("string"), default: aws.region, nullable: false }),
    ),
    block("data", ["aws_caller_identity", "current"]),
    ...bucketResources(stack),
    block(
      "output",
      ["backend"],
      ...attributes({
        description: "Content of ../backend.tf: it tells the stack to keep its state in the bucket.",
        value: backend(stack),
      }),
    ),
  ];
}

function bucketResources(stack: string): readonly HclItem[] {
  const part = (type: string, ...body: readonly HclItem[]) => block("resource", [type, "state"], attribute("bucket", bucket), ...body);
  return [
    block(
      "resource",
      ["aws_s3_bucket", "state"],
      comment("Names of buckets are the world's: the account's number makes this one nobody else's."),
      attribute("bucket", raw(`"tfstate-\${data.aws_caller_identity.current.account_id}-${stack}"`)),
      block("lifecycle", [], comment("Without the state Terraform knows nothing of what it made."), attribute("prevent_destroy", true)),
    ),
    comment("A state that was overwritten by mistake can be brought back for 90 days."),
    part("aws_s3_bucket_versioning", block("versioning_configuration", [], attribute("status", "Enabled"))),
    part(
      "aws_s3_bucket_lifecycle_configuration",
      block(
        "rule",
        [],
        ...attributes({ id: "old-states", status: "Enabled" }),
        block("filter", []),
        block("noncurrent_version_expiration", [], attribute("noncurrent_days", 90)),
        block("abort_incomplete_multipart_upload", [], attribute("days_after_initiation", 7)),
      ),
      comment("Without versions there are no old ones."),
      attribute("depends_on", raw("[aws_s3_bucket_versioning.state]")),
    ),
    part(
      "aws_s3_bucket_server_side_encryption_configuration",
      block("rule", [], block("apply_server_side_encryption_by_default", [], attribute("sse_algorithm", "AES256"))),
    ),
    part(
      "aws_s3_bucket_public_access_block",
      gap,
      ...attributes({ block_public_acls: true, block_public_policy: true, ignore_public_acls: true, restrict_public_buckets: true }),
    ),
    comment("Nobody may read or write it without TLS."),
    part(
      "aws_s3_bucket_policy",
      attribute("policy", tlsOnly()),
      gap,
      comment("S3 refuses two changes of a bucket's access at once."),
      attribute("depends_on", raw("[aws_s3_bucket_public_access_block.state]")),
    ),
  ];
}

const tlsOnly = () =>
  policy({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [reference("aws_s3_bucket", "state", "arn"), raw(`"\${aws_s3_bucket.state.arn}/*"`)],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });

/** use_lockfile: two who apply at once do not overwrite each other. */
function backend(stack: string) {
  const lines = [
    "terraform {",
    '  backend "s3" {',
    raw(`"    bucket       = \\"\${aws_s3_bucket.state.bucket}\\""`),
    `    key          = "${stack}/terraform.tfstate"`,
    raw(`"    region       = \\"\${var.region}\\""`),
    "    encrypt      = true",
    "    use_lockfile = true",
    "  }",
    "}",
    "",
  ];
  return call("join", "\n", lines);
}

/** The same for the stack and for its bootstrap. */
function requirements(): HclItem {
  return block(
    "terraform",
    [],
    comment("1.10 is the first that locks a state in S3 by itself."),
    ...attributes({ required_version: ">= 1.10.0" }),
    block("required_providers", [], attribute("aws", { source: "hashicorp/aws", version: PROVIDER_VERSION })),
  );
}

/** README.md of the folder that makes the bucket for the state. */
function renderBootstrapReadme({ stack }: Plan): string {
  const sections = [
    "# A place for the state that several people share",
    "Terraform's state says which machines belong to the stack. Alone, a file in the folder above is enough; whoever loses it loses that\n" +
      "knowledge. This folder makes an S3 bucket for it: encrypted, with old versions for 90 days, closed to the public, and locked while somebody\n" +
      "applies. Once, by one person, with credentials of AWS:",
    shell(
      "cd terraform",
      "terraform -chdir=bootstrap init",
      "terraform -chdir=bootstrap apply",
      "terraform -chdir=bootstrap output -raw backend > backend.tf",
      "terraform init -migrate-state",
    ),
    "The last command asks whether the state shall move to the bucket. Commit `backend.tf`: everybody else types `terraform init`, no more. It\n" +
      "holds no secret. The bucket's own state (`bootstrap/terraform.tfstate`) is small: commit it too.",
    "## Undo it",
    shell("rm backend.tf", "terraform init -migrate-state"),
    `That brings the state back into a file. Then empty and delete the bucket \`tfstate-<account>-${stack}\` by hand, old versions included:\n` +
      "`prevent_destroy` keeps Terraform from it.",
  ];
  return `${sections.join("\n\n")}\n`;
}
