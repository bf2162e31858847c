import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Plan, UserError } from "@groundplan/model";
import { again } from "../arguments/hints.js";
import { STACK, variables } from "../arguments/options.js";
import { unknownName } from "../arguments/usage-error.js";
import { type CommandInput, text } from "../command.js";
import {
  describeWritten,
  openTargetFolder,
  type TargetFolder,
  type TargetOptions,
  targetNamed,
  writeTarget,
} from "../output/target-files.js";
import { writeFileAtomically } from "../output/write-files.js";
import type { Programs } from "../programs/with-programs.js";
import { type TerraformPlace, terraformOutput } from "./terraform.js";
import { failedTool } from "./terraform-failures.js";

/** Which stack, and where its deployment is. */
export const AWS = {
  ...STACK,
  out: text("DIR", "where the files and the state are (default out/aws in the stack's folder)"),
};

export const LIMIT = { limit: text("HOST", "only this host") };

export const VARIABLES = variables(
  "a variable of the Terraform files; to keep it, write it into terraform.tfvars beside them",
  "operator_cidr=203.0.113.7/32",
);

/** A stack as it is deployed to AWS. */
export interface Deployment extends TargetFolder {
  readonly terraformFolder: string;
  readonly ansibleFolder: string;
  /** This command once more, as one types it. */
  readonly again: string;
}

/** The deployment that the command line means; `null`: its stack has problems, and they were shown. */
export async function openDeployment(input: CommandInput<TargetOptions>): Promise<Deployment | null> {
  const place = await openTargetFolder(input, TARGET);
  if (place === null) return null;
  return { ...place, terraformFolder: join(place.folder, "terraform"), ansibleFolder: join(place.folder, "ansible"), again: again(input) };
}

/** @throws UserError when the deployment's files were never written. */
export function needFiles({ folder, shownFolder, hint }: Deployment): void {
  if (existsSync(join(folder, "terraform")) && existsSync(join(folder, "ansible"))) return;
  throw new UserError({
    message: `${shownFolder} has no files of a deployment`,
    fix: `deploy the stack first (${hint("deploy")}), or name the folder with --out`,
  });
}

/** @param option What was typed before it, for example "--limit ". @throws UsageError when the stack has no such host. */
export function hostNamed(wanted: string | null, option: string, plan: Plan): string | null {
  const names = plan.hosts.map(({ name }) => name);
  if (wanted === null || names.includes(wanted)) return wanted;
  throw unknownName(`${option}${wanted}: ${plan.stack} has no host "${wanted}"`, wanted, names);
}

const TARGET = "aws";

/** Writes the files of the deployment, and says so. */
export function writeDeployment({ opened, folder, shownFolder }: Deployment, { progress }: Programs): void {
  const written = writeTarget(targetNamed(TARGET), opened, folder);
  const secret = describeWritten({ ...written, files: [] }, shownFolder);
  for (const line of [`wrote ${written.files.length} files in ${shownFolder}`, ...secret]) progress.note(line);
  for (const note of written.notes) progress.note(`note: ${note}`);
}

/** Beside the Ansible files: where the inventory takes its addresses from. */
const OUTPUT_FILE = "terraform-output.json";

/** What Terraform says of a deployment, as far as it is read here. */
export interface Outputs {
  readonly hosts: Readonly<Record<string, DeployedHost>>;
  readonly bastion: string;
  /** Service -> where a browser opens it. */
  readonly publicUrls: Readonly<Record<string, string>>;
}

export interface DeployedHost {
  readonly instanceId: string;
  /** `null`: it is private. */
  readonly publicIp: string | null;
  readonly privateIp: string;
  /** `null`: it holds no data. */
  readonly volumeId: string | null;
}

interface Printed {
  readonly hosts?: { readonly value: Readonly<Record<string, PrintedHost>> };
  readonly bastion?: { readonly value: string };
  readonly public_urls?: { readonly value: Readonly<Record<string, string>> };
}

interface PrintedHost {
  readonly public_ip: string | null;
  readonly private_ip: string;
  readonly instance_id: string;
  readonly data_volume_id?: string | null;
}

/** Reads what `terraform output -json` prints; `null`: nothing is deployed. */
function parseOutputs(json: string): Outputs | null {
  const { hosts, bastion, public_urls: publicUrls }: Printed = JSON.parse(json);
  if (hosts === undefined || bastion === undefined) return null;
  return {
    hosts: Object.fromEntries(
      Object.entries(hosts.value).map(([name, host]) => [
        name,
        { instanceId: host.instance_id, publicIp: host.public_ip, privateIp: host.private_ip, volumeId: host.data_volume_id ?? null },
      ]),
    ),
    bastion: bastion.value,
    publicUrls: publicUrls?.value ?? {},
  };
}

/**
 * Asks Terraform for the addresses, and writes them down for Ansible: they are never copied by hand.
 *
 * @throws UserError when nothing is deployed.
 */
export async function takeOutputs(deployment: Deployment, place: TerraformPlace, { runner, progress }: Programs): Promise<Outputs> {
  const command = terraformOutput(place);
  const result = await runner.run(command);
  if (result.code !== 0) throw failedTool(command, result, deployment.hint("status"));
  const outputs = parseOutputs(result.stdout === "" ? "{}" : result.stdout);
  if (outputs === null) {
    throw new UserError({
      message: `nothing of ${deployment.opened.plan.stack} is deployed: Terraform's state in ${join(deployment.shownFolder, "terraform")} has no hosts`,
      fix: `deploy it (${deployment.hint("deploy")}), or name the folder of the deployment with --out`,
    });
  }
  writeFileAtomically(join(deployment.ansibleFolder, OUTPUT_FILE), `${result.stdout}\n`);
  progress.note(`wrote ${join(deployment.shownFolder, "ansible", OUTPUT_FILE)}`);
  return outputs;
}
