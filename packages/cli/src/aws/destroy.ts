import { UserError } from "@groundplan/model";
import { json } from "../arguments/options.js";
import { command } from "../command.js";
import { askPerson } from "../output/progress.js";
import { withAws } from "../programs/with-programs.js";
import { AWS, type Deployment, needFiles, openDeployment, VARIABLES } from "./deployment.js";
import { needAll } from "./requirements.js";
import {
  applyTerraform,
  initTerraform,
  parseState,
  planTerraform,
  removePlan,
  type StateResource,
  splitAddress,
  type TerraformChanges,
  type TerraformRun,
  terraformShow,
} from "./terraform.js";
import { countOf } from "./terraform-events.js";
import { failedTool } from "./terraform-failures.js";

/** Takes the protection away in the generated files; machines without data are not protected. */
const UNPROTECT = "termination_protection=false";

/** `groundplan aws destroy`: says what is lost, asks for the stack's name, and removes everything. */
export const destroy = command({
  summary: "Remove everything from AWS: says what is lost, and asks for the stack's name",
  arguments: [],
  options: { ...AWS, ...VARIABLES, ...json("print {stack, destroyed}") },
  examples: [{ line: "aws destroy", says: "remove everything; it asks for the stack's name" }],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { stack } = deployment.opened.plan;
    needFiles(deployment);
    const { place, variables } = await needAll(deployment, { aws: true, hosts: false }, options.var);
    const { again } = deployment;

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
            terminal.out(options.json ? JSON.stringify({ stack, destroyed: 0 }, null, 2) : `nothing of ${stack} is on AWS`);
            return 0;
          }
          for (const line of describeLoss(changes, state)) aws.progress.note(line);
          await needName(run, deployment);
          const isReplanned = await unprotect(run, state, unprotected);
          const last = isReplanned ? await planTerraform(run, { variables: unprotected, destroy: true }) : changes;
          const { remove } = await applyTerraform(run, last);
          aws.progress.close();
          terminal.out(
            options.json
              ? JSON.stringify({ stack, destroyed: remove }, null, 2)
              : `${stack} is removed from AWS: ${remove} resources; the README beside the files says what may be left (snapshots)`,
          );
          return 0;
        } finally {
          removePlan(place);
        }
      },
      stopped: `stopped halfway; what is left still costs money; resume with ${again}`,
    });
  },
});

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
  const typed = answer === null ? "nobody typed the stack's name" : `"${answer}" isn't the stack's name`;
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
      message: `lifting the protection would replace ${remove} resources, so nothing was removed`,
      fix: "bring the deployment up to date first: groundplan aws plan, then groundplan aws deploy",
    });
  }
  await applyTerraform(run, changes);
  return true;
}

/** AWS refuses to remove it, until that is taken away. */
export function isProtected({ type, values }: StateResource): boolean {
  return type === "aws_instance" && values.disable_api_termination === true;
}

/** What a person has to know before all of it is removed: a line each. */
export function describeLoss({ resources, count }: TerraformChanges, state: readonly StateResource[]): readonly string[] {
  const doomed = new Set(resources.filter(({ action }) => action === "delete").map(({ address }) => address));
  const removed = (type: string) => state.filter((one) => one.type === type && doomed.has(one.address));
  const machines = removed("aws_instance");
  const volumes = removed("aws_ebs_volume");
  const hasSnapshot = ({ values }: StateResource) => values.final_snapshot === true;
  const addresses = removed("aws_eip").flatMap(({ values }) => (typeof values.public_ip === "string" ? [values.public_ip] : []));
  const line = (text: string, names: readonly string[], ending = "") =>
    names.length === 0 ? [] : [`${text}: ${names.join(", ")}${ending}`];
  return [
    `${count.remove} resource${count.remove === 1 ? "" : "s"} will be removed and can't be brought back`,
    ...line("machines, with everything on their own disks", namesOf(machines)),
    ...line("DATA LOST, without a snapshot, on the volumes", namesOf(volumes.filter((volume) => !hasSnapshot(volume)))),
    ...line(
      "data volumes",
      namesOf(volumes.filter(hasSnapshot)),
      "; a final snapshot of each is kept, and costs money until you delete it",
    ),
    ...line("addresses that go back to AWS", addresses),
    ...line("protected against termination; the protection is lifted first", namesOf(machines.filter(isProtected))),
  ];
}

function namesOf(resources: readonly StateResource[]): readonly string[] {
  return resources.map(({ address }) => splitAddress(address)[1]);
}
