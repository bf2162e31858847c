import { UserError } from "@groundplan/model";
import type { CommandInput, ExitCode } from "../command.js";
import { askPerson } from "./ask-person.js";
import { type Deployment, needFiles, openDeployment } from "./deployment.js";
import { describeLoss, isProtected } from "./describe-loss.js";
import { failedTool } from "./failed-tool.js";
import { needAll } from "./ready.js";
import { applyTerraform, initTerraform, planTerraform, removePlan, type TerraformRun } from "./run-terraform.js";
import { parseState, type StateResource } from "./state.js";
import { terraformShow } from "./terraform-commands.js";
import { countOf } from "./terraform-events.js";
import { withAws } from "./with-aws.js";

/** Takes the protection away in the generated files; machines without data are not protected. */
const UNPROTECT = "termination_protection=false";

/** `groundplan aws destroy`: says what is lost, asks for the stack's name, and removes everything. */
export async function runAwsDestroy(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { stack } = deployment.opened.plan;
  needFiles(deployment);
  const { place, variables } = await needAll(input, deployment, { aws: true, hosts: false });
  const again = deployment.again("destroy");

  return withAws(input, {
    names: ["terraform"],
    async run(aws) {
      const run = { ...aws, place, again };
      try {
        await initTerraform(run);
        const state = await readState(run);
        const unprotected = state.some(isProtected) ? [...variables, UNPROTECT] : variables;
        const changes = await planTerraform(run, { variables: unprotected, destroy: true });
        if (countOf(changes.count) === 0) {
          terminal.out(given.flag("json") ? JSON.stringify({ stack, destroyed: 0 }, null, 2) : `nothing of ${stack} is at AWS`);
          return 0;
        }
        for (const line of describeLoss(changes, state)) aws.progress.note(line);
        await needName(run, deployment);
        const isReplanned = await unprotect(run, state, unprotected);
        const last = isReplanned ? await planTerraform(run, { variables: unprotected, destroy: true }) : changes;
        const { remove } = await applyTerraform(run, last);
        aws.progress.close();
        terminal.out(
          given.flag("json")
            ? JSON.stringify({ stack, destroyed: remove }, null, 2)
            : `${stack} is removed from AWS: ${remove} resources; what is left, if anything (snapshots), the README beside the files tells`,
        );
        return 0;
      } finally {
        removePlan(place);
      }
    },
    stopped: `stopped in the middle; what is left goes on costing money; go on: ${again}`,
  });
}

async function readState({ runner, place, again }: TerraformRun): Promise<readonly StateResource[]> {
  const command = terraformShow(place);
  const result = await runner.run(command, { quiet: true });
  if (result.code !== 0) throw failedTool(command, result, again);
  return parseState(result.stdout);
}

async function needName({ progress, signal, again }: TerraformRun, { opened }: Deployment): Promise<void> {
  const { stack } = opened.plan;
  const answer = await askPerson(`To remove it all, type the stack's name (${stack}):`, progress, signal);
  if (answer === stack) return;
  const typed = answer === null ? "nobody typed the stack's name" : `"${answer}" is not the stack's name`;
  throw new UserError({
    message: `${typed}: nothing was removed`,
    fix: `type ${stack} when asked; in a script: echo ${stack} | ${again}`,
  });
}

/** @returns Whether the state was changed, and the plan has to be made anew. */
async function unprotect(run: TerraformRun, state: readonly StateResource[], variables: readonly string[]): Promise<boolean> {
  const targets = state.filter(isProtected).map(({ address }) => address);
  if (targets.length === 0) return false;
  const changes = await planTerraform(run, { variables, targets });
  const { remove } = changes.count;
  if (remove > 0) {
    throw new UserError({
      message: `taking the protection away would replace ${remove} resources, so nothing was removed`,
      fix: `see groundplan aws plan, and bring the deployment up to date first`,
    });
  }
  await applyTerraform(run, changes);
  return true;
}
