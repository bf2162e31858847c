import { join } from "node:path";
import { UserError } from "@groundplan/model";
import { writeFileAtomically } from "../output/write-files.js";
import type { Deployment } from "./deployment.js";
import { failedTool } from "./failed-tool.js";
import { type TerraformPlace, terraformOutput } from "./terraform-commands.js";
import type { Aws } from "./with-aws.js";

/** Beside the Ansible files: where the inventory takes its addresses from. */
export const OUTPUT_FILE = "terraform-output.json";

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
export function parseOutputs(json: string): Outputs | null {
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
export async function takeOutputs(deployment: Deployment, place: TerraformPlace, { runner, progress }: Aws): Promise<Outputs> {
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
  progress.note(`wrote it to ${join(deployment.shownFolder, "ansible", OUTPUT_FILE)}`);
  return outputs;
}
