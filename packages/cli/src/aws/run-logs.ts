import { UserError } from "@groundplan/model";
import { UsageError } from "../arguments/usage-error.js";
import { wantedServices } from "../build/build-options.js";
import type { CommandInput, ExitCode } from "../command.js";
import { limitOf, needFiles, openDeployment } from "./deployment.js";
import { openHosts } from "./open-hosts.js";
import { runPlaybook } from "./run-playbook.js";
import { hostLogs } from "./ssh-commands.js";
import { explainSsh } from "./ssh-failures.js";
import { withAws } from "./with-aws.js";

/** Of one component: as many as fill some screens. */
const LINES = 200;

/** `groundplan aws logs`: the last lines of all containers, or those of one; they go to stdout. */
export async function runAwsLogs(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { plan } = deployment.opened;
  const limit = limitOf(given, plan);
  const follow = given.flag("follow");
  const service = serviceOf(input, plan);
  if (follow && service === null) throw new UsageError("--follow needs the one to follow: --service NAME.");
  needFiles(deployment);
  const folder = deployment.ansibleFolder;
  const again = deployment.hint("logs");

  return withAws(input, {
    names: ["terraform", "ansible", ...plan.hosts.map(({ name }) => name)],
    async run(aws) {
      await openHosts(input, deployment, aws);
      if (service === null) {
        const options = { playbook: "playbooks/check-logs.yml", limit };
        await runPlaybook({ ...aws, folder, hint: deployment.hint, again }, options, ({ host, item, text }) =>
          terminal.out(`== ${item ?? "all"} on ${host}\n${text}`),
        );
        return 0;
      }
      aws.progress.close();
      const onLine = (text: string, stream: "stdout" | "stderr") => (stream === "stdout" ? terminal.out(text) : terminal.err(text));
      const { code, stderr } = await aws.runner.run(hostLogs(folder, service.host, service.name, { lines: LINES, follow }), { onLine });
      if (code === 0) return 0;
      // 255 is ssh's own.
      if (code === 255) throw new UserError(explainSsh(stderr, service.host, again));
      throw new UserError({
        message: `the logs of ${service.name} on ${service.host} cannot be read (exit code ${code})`,
        fix: `see what runs there: ${deployment.hint("status")}`,
      });
    },
    // Nobody ends it otherwise: that is no failure.
    stopped: follow ? null : "stopped",
  });
}

function serviceOf({ arguments: given }: CommandInput, plan: Parameters<typeof wantedServices>[1]) {
  if (!given.flag("service")) return null;
  const names = plan.components.map(({ name }) => name);
  const [wanted, ...more] = wantedServices(given, plan, names, "component");
  if (more.length > 0) throw new UsageError("--service is given once, or not at all: then the last lines of all are shown.");
  return plan.components.find(({ name }) => name === wanted) ?? null;
}
