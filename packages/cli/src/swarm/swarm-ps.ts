import { swarmPlanOf } from "@groundplan/targets";
import type { CommandInput, ExitCode } from "../command.js";
import { openProject } from "../docker/docker-project.js";
import { withDocker } from "../docker/with-docker.js";
import { renderTable } from "../output/render-table.js";
import { lookAtStack } from "./look-at-stack.js";
import { needManager } from "./need-manager.js";
import { isDeployed, type SwarmService } from "./swarm-state.js";

/** `groundplan swarm ps`: exit code 1 when a copy is not healthy or an update goes on. */
export async function runSwarmPs(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const project = await openProject(input, "swarm");
  if (project === null) return 1;
  const { name } = swarmPlanOf(project.opened.plan);

  return withDocker(input, {
    names: [],
    async run({ runner }) {
      await needManager(runner);
      const services = await lookAtStack(runner, name, false);
      terminal.out(given.flag("json") ? JSON.stringify(services, null, 2) : renderServices(services));
      const known = services.map(({ service }) => service);
      const missing = project.parts.filter((part) => !known.includes(part.name)).map((part) => part.name);
      if (missing.length > 0) terminal.err(`not deployed: ${missing.join(", ")}; deploy the stack: ${project.hint("deploy")}`);
      return missing.length === 0 && services.every(isDeployed) ? 0 : 1;
    },
    stopped: async () => 1,
  });
}

export function renderServices(services: readonly SwarmService[]): string {
  return renderTable(
    ["service", "healthy", "update", "address", "last error"],
    services.map(({ service, running, wanted, update, ports, errors }) => [
      service,
      `${running} of ${wanted}`,
      update?.state ?? "-",
      ports[0] === undefined ? "-" : `http://${ports[0].address}`,
      (running < wanted ? errors[0] : undefined) ?? "-",
    ]),
  );
}
