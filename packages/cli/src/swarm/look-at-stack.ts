import type { ProgramRunner } from "@groundplan/programs";
import { runOrFail } from "../docker/failed-command.js";
import { inspectServices, listServices, listTasks } from "./swarm-commands.js";
import { parseSwarm, type SwarmService, serviceIds } from "./swarm-state.js";

/** The services of a stack, as they are now. `quiet`: as for the runner. */
export async function lookAtStack(runner: ProgramRunner, stack: string, quiet = true): Promise<readonly SwarmService[]> {
  const { stdout: list } = await runOrFail(runner, listServices(stack), stack, { quiet });
  const ids = serviceIds(list);
  if (ids.length === 0) return [];
  const { stdout: inspect } = await runner.run(inspectServices(ids), { quiet });
  const { stdout: tasks } = await runner.run(listTasks(stack), { quiet });
  return parseSwarm(stack, { list, inspect: inspect.startsWith("[") ? inspect : "", tasks });
}
