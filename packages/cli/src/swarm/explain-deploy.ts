import type { UserProblem } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { lastLines, renderCommandLine } from "@groundplan/programs";
import { explainFailure } from "../docker/failures.js";
import { serviceLogs } from "./swarm-commands.js";
import { hasFallenBack, isDeployed, isWithoutImage, type SwarmService } from "./swarm-state.js";
import type { DeployOutcome } from "./wait-until-deployed.js";

const LINES_SHOWN = 8;

/** What is wrong with the services that do not run as they should. */
export async function explainDeploy(
  runner: ProgramRunner,
  stack: string,
  { services, verdict }: DeployOutcome,
  timeout: number,
): Promise<readonly UserProblem[]> {
  const isSuspect = (service: SwarmService) =>
    hasFallenBack(service) || isWithoutImage(service) || (verdict === "late" && !isDeployed(service));
  return Promise.all(
    services.filter(isSuspect).map(async (service) => {
      const logs = serviceLogs(`${stack}_${service.service}`, LINES_SHOWN);
      const { stdout, stderr } = await runner.run(logs, { quiet: true });
      return problemOf(service, lastLines(`${stdout}\n${stderr}`, LINES_SHOWN), timeout, renderCommandLine(logs));
    }),
  );
}

function problemOf(service: SwarmService, printed: readonly string[], timeout: number, logCommand: string): UserProblem {
  const { service: name, running, wanted, update, errors } = service;
  const detail = [...errors.slice(0, 3), ...printed];
  const fix = `put right what its log tells: ${logCommand}`;
  if (hasFallenBack(service)) {
    const end = update?.state === "rollback_completed" ? "what runs is the version before" : "the update stands still, some copies are new";
    return { message: `${name}: its new version did not stay healthy, ${end} (${update?.message})`, detail, fix };
  }
  const known = explainFailure(errors.join("\n"), name);
  return known ?? { message: `${name}: ${running} of ${wanted} copies are healthy after ${timeout} s`, detail, fix };
}
