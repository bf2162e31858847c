import { type Plan, UserError } from "@groundplan/model";
import { DEFAULT_TAG } from "@groundplan/targets";
import { json } from "../arguments/options.js";
import { command, flag, text, texts } from "../command.js";
import { needEngine } from "../docker/engine.js";
import { type Probe, probe, requireProbesPassed } from "../docker/probes.js";
import { buildImages } from "../images/build-images.js";
import { buildables, requireFolders } from "../images/buildable.js";
import { BUILDING, howToBuild, NO_BUILD, TAG, wantedServices } from "../images/options.js";
import { askPerson } from "../output/progress.js";
import { renderAddresses } from "../output/tables.js";
import { type Programs, withAws } from "../programs/with-programs.js";
import { noteMessages, runPlaybook } from "./ansible.js";
import {
  AWS,
  type Deployment,
  hostNamed,
  LIMIT,
  needFiles,
  type Outputs,
  openDeployment,
  takeOutputs,
  VARIABLES,
  writeDeployment,
} from "./deployment.js";
import { openHosts } from "./hosts.js";
import { needAll } from "./requirements.js";
import {
  applyTerraform,
  initTerraform,
  parseState,
  planTerraform,
  removePlan,
  renderPlan,
  type StateResource,
  splitAddress,
  type TerraformChanges,
  type TerraformRun,
  terraformShow,
} from "./terraform.js";
import { countOf } from "./terraform-events.js";
import { failedTool } from "./terraform-failures.js";

/** `groundplan aws plan`: what a deploy would change on AWS. Changes nothing. */
export const plan = command({
  summary: "Show what a deploy would change on AWS; changes nothing",
  arguments: [],
  options: { ...AWS, ...VARIABLES, ...json("print {stack, folder, changes, resources}") },
  examples: [{ line: "aws plan --var operator_cidr=203.0.113.7/32", says: "the other variables are in terraform.tfvars" }],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { plan } = deployment.opened;
    const { place, variables } = await needAll(deployment, { aws: true, hosts: false }, options.var);

    return withAws(input, {
      names: ["terraform"],
      async run(aws) {
        writeDeployment(deployment, aws);
        const run = { ...aws, place, again: deployment.again };
        try {
          await initTerraform(run);
          const changes = await planTerraform(run, { variables });
          aws.progress.close();
          terminal.out(
            options.json
              ? JSON.stringify(
                  { stack: plan.stack, folder: deployment.folder, changes: changes.count, resources: changes.resources },
                  null,
                  2,
                )
              : renderPlan(changes).join("\n"),
          );
        } finally {
          removePlan(place);
        }
        terminal.err(`next: ${deployment.hint("deploy")}`);
        return 0;
      },
      stopped: "stopped; a plan changes nothing",
    });
  },
});

/** `groundplan aws deploy`: resolves when the stack runs on AWS, every link was tried and every public service answers. */
export const deploy = command({
  summary: "Create the stack on AWS or bring it up to date: build, plan, ask, apply, set up, probe",
  arguments: [],
  options: {
    ...AWS,
    ...VARIABLES,
    ...LIMIT,
    autoApprove: flag("don't ask before making changes"),
    tag: TAG,
    registry: text("HOST/PATH", "take the images from there and build none (default: from this machine, over SSH)"),
    ...BUILDING,
    ...NO_BUILD,
    ...json("print {stack, folder, changes, hosts, tasks, probes}"),
  },
  examples: [
    { line: "aws deploy", says: "create it or bring it up to date; after a failure, go on where it stopped" },
    { line: "aws deploy --tag v2 --limit frontend", says: "a new version on one host" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const startedAt = Date.now();
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { plan, folder: stackFolder } = deployment.opened;
    const limit = hostNamed(options.limit, "--limit ", plan);
    const { tag, registry } = options;
    const isBuilt = registry === null && !options.noBuild;
    const services = isBuilt ? buildables(plan, stackFolder, tag) : [];
    requireFolders(services, stackFolder);
    const { place, variables } = await needAll(deployment, { aws: true, hosts: true }, options.var);
    const names = ["terraform", "ansible", ...plan.hosts.map(({ name }) => name), ...services.map(({ service }) => service)];
    const { again } = deployment;

    return withAws(input, {
      names,
      async run(aws) {
        const { runner, progress } = aws;
        // Images go from this machine to the hosts, unless a registry has them.
        if (registry === null) await needEngine(runner);
        writeDeployment(deployment, aws);
        const { problems } = await buildImages(services, { ...howToBuild(options), folder: input.folder }, aws);
        if (problems.length > 0) throw new UserError(problems);

        const changes = await makeHosts({ ...aws, place, again }, variables, options.autoApprove);
        const outputs = await takeOutputs(deployment, place, aws);
        const playbook = { ...aws, folder: deployment.ansibleFolder, hint: deployment.hint, again };
        const settings = [
          ...(tag === DEFAULT_TAG ? [] : [`image_tag=${tag}`]),
          ...(registry === null ? [] : [`image_registry=${registry}`]),
        ];
        // It ends with test-connectivity: every link, tried from where its client is.
        const { counts } = await runPlaybook(playbook, { playbook: "site.yml", limit, variables: settings }, noteMessages(progress));
        const probes = await probeServices(playbook, plan, outputs, limit);
        progress.close();
        const seconds = (Date.now() - startedAt) / 1_000;
        terminal.out(
          options.json
            ? JSON.stringify(
                { stack: plan.stack, folder: deployment.folder, changes, hosts: outputs.hosts, tasks: counts, probes },
                null,
                2,
              )
            : renderAddresses(
                `stack ${plan.stack} runs on AWS, deployed in ${seconds.toFixed(0)} s`,
                Object.entries(outputs.publicUrls),
                `status: ${deployment.hint("status")}; remove it: ${deployment.hint("destroy")}`,
              ),
        );
        return 0;
      },
      stopped: `stopped halfway; what was made is in Terraform's state and costs money; resume with ${again}, or remove it with ${deployment.hint("destroy")}`,
    });
  },
});

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
  const answer = await askPerson("Make these changes on AWS? They cost money. Type yes to go ahead:", progress, signal);
  if (answer?.toLowerCase() === "yes") return;
  throw new UserError(
    answer === null
      ? { message: "nobody was there to approve the changes, so nothing was changed on AWS", fix: `${again} --auto-approve` }
      : { message: "not approved: nothing was changed on AWS", fix: `to approve it later: ${again}` },
  );
}

/** `groundplan aws rollback`: what ran before the last deploy runs again. Data and machines stay as they are. */
export const rollback = command({
  summary: "Run the images of before the last deploy again; data and machines stay as they are",
  arguments: [],
  options: { ...AWS, ...LIMIT, service: texts("NAME", "only this component"), ...json("print {stack, components, probes}") },
  examples: [
    { line: "aws rollback", says: "everything" },
    { line: "aws rollback --service vote", says: "one service" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const deployment = await openDeployment(input);
    if (deployment === null) return 1;
    const { plan } = deployment.opened;
    const limit = hostNamed(options.limit, "--limit ", plan);
    const names = plan.components.map(({ name }) => name);
    const wanted = options.service.length === 0 ? [] : wantedServices(options.service, plan.stack, names, "component");
    needFiles(deployment);
    const { again } = deployment;

    return withAws(input, {
      names: ["terraform", "ansible", ...plan.hosts.map(({ name }) => name)],
      async run(aws) {
        const outputs = await openHosts(deployment, aws);
        const playbook = { ...aws, folder: deployment.ansibleFolder, hint: deployment.hint, again };
        for (const component of wanted.length === 0 ? [null] : wanted) {
          const variables = component === null ? [] : [`component=${component}`];
          await runPlaybook(playbook, { playbook: "playbooks/rollback.yml", limit, variables }, noteMessages(aws.progress));
        }
        await runPlaybook(playbook, { playbook: "playbooks/test-connectivity.yml", limit }, noteMessages(aws.progress));
        const probes = await probeServices(playbook, plan, outputs, limit);
        aws.progress.close();
        terminal.out(
          options.json
            ? JSON.stringify({ stack: plan.stack, components: wanted.length === 0 ? null : wanted, probes }, null, 2)
            : renderAddresses(
                `${plan.stack} runs its previous images`,
                Object.entries(outputs.publicUrls),
                `status: ${deployment.hint("status")}`,
              ),
        );
        return 0;
      },
      stopped: `stopped halfway; resume with ${again}`,
    });
  },
});

/**
 * Tries every public service from here, as its visitors come.
 *
 * @param limit Only those of this host; `null`: all.
 * @throws UserError with all that do not answer well.
 */
async function probeServices(
  { signal, hint }: Pick<Programs, "signal"> & { hint(action: string): string },
  { components }: Plan,
  { publicUrls }: Outputs,
  limit: string | null,
): Promise<readonly Probe[]> {
  const probes = await Promise.all(
    components.flatMap(({ name, host, health }) => {
      const url = publicUrls[name];
      if (url === undefined || (limit !== null && host !== limit)) return [];
      const paths = [...new Set([health.kind === "http" ? health.ready : "/", "/"])];
      return probe(name, url, paths, signal);
    }),
  );
  requireProbesPassed(probes, (service) => hint(`logs --service ${service}`));
  return probes;
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
function isProtected({ type, values }: StateResource): boolean {
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
