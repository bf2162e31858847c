import type { CommandInput, ExitCode } from "../command.js";
import { limitOf, needFiles, openDeployment } from "./deployment.js";
import { componentStatus, lookAtHosts, renderComponentStatus } from "./hosts-status.js";
import { openHosts } from "./open-hosts.js";
import { explainSsh } from "./ssh-failures.js";
import { withAws } from "./with-aws.js";

/** `groundplan aws status`: exit code 1 when something is not healthy. */
export async function runAwsStatus(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { plan } = deployment.opened;
  const limit = limitOf(given, plan);
  needFiles(deployment);

  return withAws(input, {
    names: ["terraform", "ansible"],
    async run(aws) {
      const { runner, progress } = aws;
      const outputs = await openHosts(input, deployment, aws);
      const hosts = plan.hosts.filter(({ name }) => limit === null || name === limit);
      const answers = await lookAtHosts(runner, deployment.ansibleFolder, hosts);
      const rows = componentStatus(plan, outputs, answers);
      progress.close();
      terminal.out(given.flag("json") ? JSON.stringify(rows, null, 2) : renderComponentStatus(rows));
      for (const [host, answer] of answers) {
        if (!("failure" in answer)) continue;
        const { message, fix } = explainSsh(answer.failure, host, deployment.hint("status"));
        terminal.err(`${message}\n  fix: ${fix}`);
      }
      const wanting = rows.filter(({ ready, state }) => !ready && state !== "unknown").map(({ component }) => component);
      if (wanting.length > 0) terminal.err(`not healthy: ${wanting.join(", ")}; see ${deployment.hint(`logs --service ${wanting[0]}`)}`);
      return rows.every(({ ready }) => ready) ? 0 : 1;
    },
    stopped: "stopped",
  });
}
