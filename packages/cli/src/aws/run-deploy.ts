import { UserError } from "@groundplan/model";
import { DEFAULT_TAG } from "@groundplan/targets";
import { buildImages } from "../build/build-images.js";
import { imageTag } from "../build/build-options.js";
import { buildables, checkFolders } from "../build/buildable.js";
import type { CommandInput, ExitCode } from "../command.js";
import { needEngine } from "../docker/need-engine.js";
import { renderAddresses } from "../output/render-addresses.js";
import { askPerson } from "./ask-person.js";
import { limitOf, openDeployment } from "./deployment.js";
import { takeOutputs } from "./outputs.js";
import { probeServices } from "./probe-services.js";
import { needAll } from "./ready.js";
import { renderPlan } from "./render-changes.js";
import { noteMessages, runPlaybook } from "./run-playbook.js";
import { applyTerraform, initTerraform, planTerraform, removePlan, type TerraformRun } from "./run-terraform.js";
import { countOf } from "./terraform-events.js";
import { withAws } from "./with-aws.js";
import { writeDeployment } from "./write-deployment.js";

/** `groundplan aws deploy`: resolves when the stack runs at AWS, every link was tried and every public service answers. */
export async function runAwsDeploy(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const startedAt = Date.now();
  const deployment = await openDeployment(input);
  if (deployment === null) return 1;
  const { plan, folder: stackFolder } = deployment.opened;
  const limit = limitOf(given, plan);
  const tag = given.flag("tag") ? imageTag(given) : DEFAULT_TAG;
  const registry = given.text("registry");
  const isBuilt = registry === null && !given.flag("no-build");
  const services = isBuilt ? buildables(plan, stackFolder, tag) : [];
  checkFolders(services, stackFolder);
  const { place, variables } = await needAll(input, deployment, { aws: true, hosts: true });
  const names = ["terraform", "ansible", ...plan.hosts.map(({ name }) => name), ...services.map(({ service }) => service)];
  const again = deployment.again("deploy");

  return withAws(input, {
    names,
    async run(aws) {
      const { runner, progress } = aws;
      // Images go from this machine to the hosts, unless a registry has them.
      if (registry === null) await needEngine(runner);
      writeDeployment(deployment, aws);
      const options = { base: given.text("base"), prepare: !given.flag("no-prepare"), folder: input.folder };
      const { problems } = await buildImages(services, options, aws);
      if (problems.length > 0) throw new UserError(problems);

      const changes = await makeHosts({ ...aws, place, again }, variables, given.flag("auto-approve"));
      const outputs = await takeOutputs(deployment, place, aws);
      const playbook = { ...aws, folder: deployment.ansibleFolder, hint: deployment.hint, again };
      const settings = [...(tag === DEFAULT_TAG ? [] : [`image_tag=${tag}`]), ...(registry === null ? [] : [`image_registry=${registry}`])];
      // It ends with test-connectivity: every link, tried from where its client is.
      const { counts } = await runPlaybook(playbook, { playbook: "site.yml", limit, variables: settings }, noteMessages(progress));
      const probes = await probeServices(playbook, plan, outputs, limit);
      progress.close();
      const seconds = (Date.now() - startedAt) / 1_000;
      terminal.out(
        given.flag("json")
          ? JSON.stringify({ stack: plan.stack, folder: deployment.folder, changes, hosts: outputs.hosts, tasks: counts, probes }, null, 2)
          : renderAddresses(
              `stack ${plan.stack} runs at AWS, deployed in ${seconds.toFixed(0)} s`,
              Object.entries(outputs.publicUrls),
              `look: ${deployment.hint("status")}, remove it: ${deployment.hint("destroy")}`,
            ),
      );
      return 0;
    },
    stopped: `stopped in the middle; what was made is in Terraform's state, and costs money; go on: ${again}, or remove it: ${deployment.hint("destroy")}`,
  });
}

/** @throws UserError when it fails, or when nobody says yes. */
async function makeHosts(run: TerraformRun, variables: readonly string[], isApproved: boolean) {
  try {
    await initTerraform(run);
    const changes = await planTerraform(run, { variables });
    if (countOf(changes.count) === 0) return changes.count;
    for (const line of renderPlan(changes)) run.progress.note(line);
    if (!isApproved) await needYes(run);
    return await applyTerraform(run, changes);
  } finally {
    removePlan(run.place);
  }
}

async function needYes({ progress, signal, again }: TerraformRun): Promise<void> {
  const answer = await askPerson("Make these changes at AWS? They cost money. Only yes is a yes:", progress, signal);
  if (answer?.toLowerCase() === "yes") return;
  throw new UserError(
    answer === null
      ? { message: "nobody is there to approve the changes, so none was made", fix: `${again} --auto-approve` }
      : { message: "not approved: nothing was changed at AWS", fix: `when you want it: ${again}` },
  );
}
