import { pause } from "@groundplan/local";
import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramRunner } from "@groundplan/programs";
import { swarmPlanOf } from "@groundplan/targets";
import { json } from "../arguments/options.js";
import { command } from "../command.js";
import { listContainers, listVolumes, runOrFail } from "../docker/engine.js";
import { openProject } from "../docker/project.js";
import { renderTable } from "../output/tables.js";
import { withDocker } from "../programs/with-programs.js";
import {
  isDeployed,
  listNetworks,
  listServiceNames,
  lookAtStack,
  needManager,
  removeStack,
  SWARM,
  type SwarmService,
  stackLabel,
} from "./state.js";

const POLL_MS = 500;
/** A service has up to a minute to stop. */
const LIMIT_MS = 120_000;

/** `groundplan swarm rm`: resolves when the stack's containers and networks are gone from this node. Its data stays. */
export const rm = command({
  summary: "Remove the stack from the swarm; the data stays",
  arguments: [],
  options: { ...SWARM, ...json("print {stack, volumes}") },
  examples: [{ line: "swarm rm", says: "remove it, and keep the data" }],
  async run(input) {
    const { options, terminal } = input;
    const project = await openProject(input, "swarm");
    if (project === null) return 1;
    const { name } = swarmPlanOf(project.opened.plan);
    const label = stackLabel(name);

    return withDocker(input, {
      names: [name],
      async run({ runner, progress, signal }) {
        await needManager(runner);
        const before = await left(runner, label);
        if (before.length > 0) await runOrFail(runner, removeStack(name), name);
        const deadline = Date.now() + LIMIT_MS;
        for (let rest = before; rest.length > 0; rest = await left(runner, label)) {
          if (Date.now() >= deadline) {
            throw new UserError({
              message: `${name}: ${rest.join(", ")} didn't go away`,
              fix: "see what uses them: docker ps, docker network inspect",
            });
          }
          progress.step(name, `being removed, ${rest.length} services, containers and networks left`);
          await pause(POLL_MS, signal);
          signal.throwIfAborted();
        }
        progress.close();
        const kept = await linesOf(runner, listVolumes(label));
        if (options.json) terminal.out(JSON.stringify({ stack: name, volumes: { kept } }, null, 2));
        else
          terminal.out(
            [
              before.length === 0 ? `nothing of ${name} is deployed` : `${name} is removed`,
              ...(kept.length === 0 ? [] : [`its data is kept in ${kept.join(", ")}`]),
            ].join("\n"),
          );
        return 0;
      },
      async stopped(_, say) {
        say("stopped waiting; the swarm goes on removing the stack");
        return 1;
      },
    });
  },
});

/** What there is of the stack: services of the swarm, containers and networks of this node. */
async function left(runner: ProgramRunner, label: string): Promise<readonly string[]> {
  const found = await Promise.all(
    [listServiceNames(label), listContainers([label]), listNetworks(label)].map((list) => linesOf(runner, list)),
  );
  return found.flat();
}

async function linesOf(runner: ProgramRunner, command: CommandLine): Promise<readonly string[]> {
  const { stdout } = await runOrFail(runner, command, "the swarm", { quiet: true });
  return stdout.split("\n").filter((line) => line !== "");
}

/** `groundplan swarm ps`: exit code 1 when a copy is not healthy or an update goes on. */
export const ps = command({
  summary: "Show how many copies of every service are healthy; exit code 1 if some aren't",
  arguments: [],
  options: { ...SWARM, ...json("print [{service, running, wanted, update, ports, errors}]") },
  examples: [{ line: "swarm ps", says: "how the stack is doing" }],
  async run(input) {
    const { options, terminal } = input;
    const project = await openProject(input, "swarm");
    if (project === null) return 1;
    const { name } = swarmPlanOf(project.opened.plan);

    return withDocker(input, {
      names: [],
      async run({ runner }) {
        await needManager(runner);
        const services = await lookAtStack(runner, name, false);
        terminal.out(options.json ? JSON.stringify(services, null, 2) : renderServices(services));
        const known = services.map(({ service }) => service);
        const missing = project.parts.filter((part) => !known.includes(part.name)).map((part) => part.name);
        if (missing.length > 0) terminal.err(`not deployed: ${missing.join(", ")}; deploy the stack: ${project.hint("deploy")}`);
        return missing.length === 0 && services.every(isDeployed) ? 0 : 1;
      },
      stopped: async () => 1,
    });
  },
});

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
