import type { CommandInput, ExitCode } from "../command.js";
import { needFiles, openProject } from "../docker/docker-project.js";
import { needEngine } from "../docker/need-engine.js";
import { withDocker } from "../docker/with-docker.js";
import { COMPOSE_FILE, lookAtProject } from "./compose-project.js";
import { renderStatus, statusOf } from "./compose-status.js";

/** `groundplan compose ps`: exit code 1 when something is not healthy. */
export async function runComposePs(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const project = await openProject(input, "compose");
  if (project === null) return 1;
  needFiles(project, COMPOSE_FILE, "up");

  return withDocker(input, {
    names: [],
    folder: project.folder,
    async run({ runner }) {
      await needEngine(runner);
      const containers = await lookAtProject(runner, project, false);
      // What was left out of monitoring has no container, and nobody misses it.
      const parts = project.parts.filter(({ name, isMonitoring }) => !isMonitoring || containers.some(({ service }) => service === name));
      const rows = statusOf(parts, containers);
      terminal.out(given.flag("json") ? JSON.stringify(rows, null, 2) : renderStatus(rows, Date.now()));
      const wanting = rows.filter(({ ready }) => !ready).map(({ service }) => service);
      if (wanting.length === rows.length) terminal.err(`nothing of the stack is healthy; start it: ${project.hint("up")}`);
      else if (wanting.length > 0) terminal.err(`not healthy: ${wanting.join(", ")}; see ${project.hint("logs")} --service ${wanting[0]}`);
      return wanting.length === 0 ? 0 : 1;
    },
    stopped: async () => 1,
  });
}
