import { UserError } from "@groundplan/model";
import { DEFAULT_TAG, swarmPlanOf } from "@groundplan/targets";
import { imageTag } from "../build/build-options.js";
import { buildables, checkFolders } from "../build/buildable.js";
import { makeImages } from "../build/make-images.js";
import type { CommandInput, ExitCode } from "../command.js";
import { checkMailPassword } from "../docker/check-mail-password.js";
import { openProject } from "../docker/docker-project.js";
import { runOrFail } from "../docker/failed-command.js";
import { lookAtContainers } from "../docker/look-at-containers.js";
import { pagesOf } from "../docker/probe.js";
import { probeProject } from "../docker/probe-project.js";
import { portVariables } from "../docker/published-ports.js";
import { timeoutSeconds } from "../docker/timeout-option.js";
import { withDocker } from "../docker/with-docker.js";
import { writeProject } from "../docker/write-project.js";
import { renderAddresses } from "../output/render-addresses.js";
import { partPorts } from "../up/up-options.js";
import { explainDeploy } from "./explain-deploy.js";
import { lookAtStack } from "./look-at-stack.js";
import { needManager } from "./need-manager.js";
import { checkNewImages } from "./new-images.js";
import { deployStack, serviceLogs, stackLabel } from "./swarm-commands.js";
import { waitUntilDeployed } from "./wait-until-deployed.js";

/** `groundplan swarm deploy`: resolves when every copy is healthy, every update has completed, and public services answer. */
export async function runSwarmDeploy(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const startedAt = Date.now();
  const ports = partPorts(given);
  const timeout = timeoutSeconds(given);
  const givenTag = given.flag("tag") ? imageTag(given) : null;
  const project = await openProject(input, "swarm");
  if (project === null) return 1;
  const { opened, folder, parts, hint } = project;
  const { name } = swarmPlanOf(opened.plan);
  const names = parts.map((part) => part.name);
  const variables = { ...(givenTag === null ? {} : { TAG: givenTag }), ...portVariables(ports, parts) };
  const isBuilt = !given.flag("no-build");
  if (isBuilt) checkRegistry();
  const services = isBuilt ? buildables(opened.plan, opened.folder, givenTag ?? (process.env.TAG || DEFAULT_TAG)) : [];
  checkFolders(services, opened.folder);

  return withDocker(input, {
    names,
    folder,
    async run(docker) {
      const { runner, progress, signal } = docker;
      writeProject(project, docker);
      checkMailPassword(project, parts);
      await needManager(runner);
      const options = { base: given.text("base"), prepare: !given.flag("no-prepare"), folder };
      const { built } = await makeImages(isBuilt ? parts : [], services, options, docker, false);
      checkNewImages(built, await lookAtContainers(runner, [stackLabel(name)], true));

      const before = await lookAtStack(runner, name);
      await runOrFail(runner, deployStack(name, variables), name);
      const look = () => lookAtStack(runner, name);
      const outcome = await waitUntilDeployed({ names, look, before, timeoutMs: timeout * 1_000, progress, signal });
      if (outcome.verdict !== "deployed") {
        const problems = await explainDeploy(runner, name, outcome, timeout);
        progress.close();
        throw new UserError(problems);
      }
      const addressOf = (service: string, port: number) =>
        outcome.services.find((one) => one.service === service)?.ports.find((published) => published.port === port)?.address ?? null;
      const logCommand = (service: string) => `docker ${serviceLogs(`${name}_${service}`, 20).args.join(" ")}`;
      const { probes, scrapes } = await probeProject({ plan: opened.plan, parts, addressOf, logCommand }, docker);
      progress.close();
      const headline = `stack ${name} runs in the swarm, deployed in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
      terminal.out(
        given.flag("json")
          ? JSON.stringify({ stack: name, folder, services: outcome.services, probes, scrapes }, null, 2)
          : renderAddresses(headline, pagesOf(probes), `remove it: ${hint("rm")}`),
      );
      return 0;
    },
    async stopped(_, say) {
      say(`stopped; the swarm goes on by itself with what it was given; look: ${hint("ps")}, remove it: ${hint("rm")}`);
      return 1;
    },
  });
}

/** @throws UserError when images come from a registry: what is built here is not there. */
function checkRegistry(): void {
  const registry = process.env.REGISTRY ?? "";
  if (registry === "") return;
  throw new UserError({
    message: `the images are taken from ${registry} (REGISTRY), and what is built here is not there`,
    fix: "build, tag and push them, then deploy with --no-build",
  });
}
