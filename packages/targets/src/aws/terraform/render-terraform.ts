import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../../target.js";
import { bootstrapFile } from "./bootstrap.js";
import { renderBootstrapReadme } from "./bootstrap-readme.js";
import { dnsFile } from "./dns.js";
import { type HclItem, renderHcl } from "./hcl/render-hcl.js";
import { hostsFile } from "./hosts.js";
import { identityFile } from "./identity.js";
import { monitoringFile } from "./monitoring/monitoring.js";
import { networkFile } from "./network.js";
import { outputsFile } from "./outputs.js";
import { securityFile } from "./security.js";
import { variablesFile } from "./variables.js";
import { versionsFile } from "./versions.js";

type RenderFile = (plan: Plan) => readonly HclItem[];

/** By topic, in the order in which one reads them. A file of which the stack needs nothing is left out. */
const FILES: readonly (readonly [path: string, render: RenderFile])[] = [
  ["versions.tf", versionsFile],
  ["variables.tf", variablesFile],
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
export function renderTerraform(plan: Plan): readonly GeneratedFile[] {
  const files = [
    ...terraformFiles(plan).map(({ path, items }) => ({ path, text: renderHcl(items) })),
    { path: "bootstrap/README.md", text: renderBootstrapReadme(plan) },
    { path: ".gitignore", text: IGNORED },
  ];
  return files.map(({ path, text }) => ({ path: `terraform/${path}`, text }));
}

/** The same before it is text. */
export function terraformFiles(plan: Plan): readonly { readonly path: string; readonly items: readonly HclItem[] }[] {
  return FILES.map(([path, render]) => ({ path, items: render(plan) })).filter(({ items }) => items.length > 0);
}
