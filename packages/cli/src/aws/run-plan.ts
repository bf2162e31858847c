import type { CommandInput, ExitCode } from "../command.js";
import { openDeployment } from "./deployment.js";
import { needAll } from "./ready.js";
import { renderPlan } from "./render-changes.js";
import { initTerraform, planTerraform, removePlan } from "./run-terraform.js";
import { withAws } from "./with-aws.js";
import { writeDeployment } from "./write-deployment.js";

/** `groundplan aws plan`: what a deploy would change at AWS. Changes nothing. */
export async function runAwsPlan(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { plan } = deployment.opened;
  const { place, variables } = await needAll(input, deployment, { aws: true, hosts: false });

  return withAws(input, {
    names: ["terraform"],
    async run(aws) {
      writeDeployment(deployment, aws);
      const run = { ...aws, place, again: deployment.again("plan") };
      try {
        await initTerraform(run);
        const changes = await planTerraform(run, { variables });
        aws.progress.close();
        terminal.out(
          given.flag("json")
            ? JSON.stringify(
                { stack: plan.stack, folder: deployment.folder, changes: changes.count, resources: changes.resources },
                null,
                2,
              )
            : renderPlan(changes).join("\n"),
        );
      } finally {
        removePlan(place);
      }
      terminal.err(`next: ${deployment.hint("deploy")}`);
      return 0;
    },
    stopped: "stopped; a plan changes nothing",
  });
}
