import { wantedServices } from "../build/build-options.js";
import type { CommandInput, ExitCode } from "../command.js";
import { renderAddresses } from "../output/render-addresses.js";
import { limitOf, needFiles, openDeployment } from "./deployment.js";
import { openHosts } from "./open-hosts.js";
import { probeServices } from "./probe-services.js";
import { noteMessages, runPlaybook } from "./run-playbook.js";
import { withAws } from "./with-aws.js";

/** `groundplan aws rollback`: what ran before the last deploy runs again. Data and machines stay as they are. */
export async function runAwsRollback(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { plan } = deployment.opened;
  const limit = limitOf(given, plan);
  const names = plan.components.map(({ name }) => name);
  const wanted = given.flag("service") ? wantedServices(given, plan, names, "component") : [];
  needFiles(deployment);
  const again = deployment.again("rollback");

  return withAws(input, {
    names: ["terraform", "ansible", ...plan.hosts.map(({ name }) => name)],
    async run(aws) {
      const outputs = await openHosts(input, deployment, aws);
      const playbook = { ...aws, folder: deployment.ansibleFolder, hint: deployment.hint, again };
      for (const component of wanted.length === 0 ? [null] : wanted) {
        const variables = component === null ? [] : [`component=${component}`];
        await runPlaybook(playbook, { playbook: "playbooks/rollback.yml", limit, variables }, noteMessages(aws.progress));
      }
      await runPlaybook(playbook, { playbook: "playbooks/test-connectivity.yml", limit }, noteMessages(aws.progress));
      const probes = await probeServices(playbook, plan, outputs, limit);
      aws.progress.close();
      terminal.out(
        given.flag("json")
          ? JSON.stringify({ stack: plan.stack, components: wanted.length === 0 ? null : wanted, probes }, null, 2)
          : renderAddresses(
              `${plan.stack} runs its previous images`,
              Object.entries(outputs.publicUrls),
              `look: ${deployment.hint("status")}`,
            ),
      );
      return 0;
    },
    stopped: `stopped in the middle; go on: ${again}`,
  });
}
