import { pause } from "@groundplan/local";
import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramRunner } from "@groundplan/programs";
import { swarmPlanOf } from "@groundplan/targets";
import type { CommandInput, ExitCode } from "../command.js";
import { listContainers, listVolumes } from "../docker/docker-commands.js";
import { openProject } from "../docker/docker-project.js";
import { runOrFail } from "../docker/failed-command.js";
import { withDocker } from "../docker/with-docker.js";
import { needManager } from "./need-manager.js";
import { listNetworks, listServiceNames, removeStack, stackLabel } from "./swarm-commands.js";

const POLL_MS = 500;
/** A service has up to a minute to stop. */
const LIMIT_MS = 120_000;

/** `groundplan swarm rm`: resolves when the stack's containers and networks are gone from this node. Its data stays. */
export async function runSwarmRm(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
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
            message: `${name}: ${rest.join(", ")} did not go away`,
            fix: "see what holds them: docker ps, docker network inspect",
          });
        }
        progress.step(name, `is removed, ${rest.length} services, containers and networks are left`);
        await pause(POLL_MS, signal);
        signal.throwIfAborted();
      }
      progress.close();
      const kept = await linesOf(runner, listVolumes(label));
      if (given.flag("json")) terminal.out(JSON.stringify({ stack: name, volumes: { kept } }, null, 2));
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
      say("stopped; the swarm goes on removing the stack");
      return 1;
    },
  });
}

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
