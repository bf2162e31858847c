import { UserError } from "@groundplan/model";
import { renderCommandLine } from "@groundplan/programs";
import type { CommandInput, ExitCode } from "../command.js";
import { hostNamed, needFiles, openDeployment } from "./deployment.js";
import { openHosts } from "./open-hosts.js";
import { sshShell } from "./ssh-commands.js";
import { withAws } from "./with-aws.js";

/** `groundplan aws connect`: a shell on a host, by way of the bastion; the command is shown. */
export async function runAwsConnect(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const wanted = hostNamed(given.positional(1) || null, "", deployment.opened.plan);
  needFiles(deployment);

  return withAws(input, {
    names: [],
    async run(aws) {
      const { runner, progress } = aws;
      const { bastion } = await openHosts(input, deployment, aws);
      const host = wanted ?? bastion;
      const command = sshShell(deployment.ansibleFolder, host);
      if (given.flag("json")) {
        terminal.out(JSON.stringify({ host, folder: command.cwd, command: renderCommandLine(command) }, null, 2));
        return 0;
      }
      progress.close();
      const code = await runner.interact(command);
      // 255 is ssh's own, and ssh has said why; any other is that of the last command in the shell.
      if (code !== 255) return 0;
      throw new UserError({
        message: `${host} cannot be reached over SSH`,
        fix: `see what it says above, then: ${deployment.hint("connect")}`,
      });
    },
    stopped: null,
  });
}
