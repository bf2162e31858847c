import type { CommandInput } from "../command.js";
import type { Deployment } from "./deployment.js";
import { failedTool } from "./failed-tool.js";
import { type Outputs, takeOutputs } from "./outputs.js";
import { needAll } from "./ready.js";
import { ansibleInventory } from "./ssh-commands.js";
import type { Aws } from "./with-aws.js";

/**
 * Makes the hosts of a deployment reachable: their present addresses in the inventory and in ssh_config.
 *
 * @throws UserError when nothing is deployed.
 */
export async function openHosts(input: CommandInput, deployment: Deployment, aws: Aws): Promise<Outputs> {
  const { place } = await needAll(input, deployment, { aws: false, hosts: true });
  const outputs = await takeOutputs(deployment, place, aws);
  const command = ansibleInventory(deployment.ansibleFolder);
  const result = await aws.runner.run(command, { quiet: true });
  if (result.code !== 0) throw failedTool(command, result, deployment.hint("status"));
  return outputs;
}
