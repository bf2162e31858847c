import { UserError } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { runOrFail } from "../docker/failed-command.js";
import { explainFailure } from "../docker/failures.js";
import { needEngine } from "../docker/need-engine.js";
import { isManager } from "./swarm-commands.js";

/** @throws UserError when no engine answers, or it is not one that may be told what a swarm runs. */
export async function needManager(runner: ProgramRunner): Promise<void> {
  await needEngine(runner);
  const { stdout } = await runOrFail(runner, isManager(), "the swarm", { quiet: true });
  const problem = stdout.trim() === "true" ? null : explainFailure("This node is not a swarm manager", "the swarm");
  if (problem !== null) throw new UserError(problem);
}
