import { cpSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { StateResource } from "./terraform-run.js";

/** What Terraform keeps beside a configuration, which belongs to the real account. */
const LEFT_OUT = /^(\.terraform|\.terraform\.lock\.hcl|\.terraform\.tfstate\.lock\.info|terraform\.tfstate(\.backup)?|\.git)$/;

/** Terraform reads files of this ending last, and lets them replace what the others say: https://developer.hashicorp.com/terraform/language/files/override */
const BACKEND = "groundplan_backend_override.tf";
const LIFECYCLE = "groundplan_lifecycle_override.tf";

/** Whether Terraform would find a configuration in the folder. */
export function hasConfiguration(folder: string): boolean {
  return statSync(folder).isDirectory() && readdirSync(folder).some(isConfiguration);
}

/** Copies a configuration, its state left behind: the copy keeps its own in a file, whatever backend it has. */
export function copyConfiguration(folder: string, to: string): void {
  cpSync(folder, to, { recursive: true, filter: (path) => path === folder || !LEFT_OUT.test(basename(path)) });
  writeFileSync(join(to, BACKEND), 'terraform {\n  backend "local" {}\n}\n');
}

/** Lets the resources of the copy be destroyed that `prevent_destroy` keeps: only those of the root module can be named. */
export function allowDestroy(folder: string, resources: readonly StateResource[]): void {
  const roots = [
    ...new Set(resources.filter(({ address }) => !address.startsWith("module.")).map(({ type, name }) => `"${type}" "${name}"`)),
  ];
  const text = roots.map((labels) => `resource ${labels} {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n`).join("\n");
  writeFileSync(join(folder, LIFECYCLE), text);
}

function isConfiguration(file: string): boolean {
  return /\.tf(\.json)?$/.test(file);
}
