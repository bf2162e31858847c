import { pause } from "@groundplan/local";
import { UserError, type UserProblem } from "@groundplan/model";
import { type CommandLine, lastLines, type ProgramRunner, renderCommandLine } from "@groundplan/programs";
import { DEFAULT_TAG, swarmPlanOf } from "@groundplan/targets";
import { json, partPorts, timeout } from "../arguments/options.js";
import { command, parsed } from "../command.js";
import { type Container, lookAtContainers } from "../docker/container.js";
import { listContainers, listVolumes, runOrFail } from "../docker/engine.js";
import { explainFailure } from "../docker/failures.js";
import { pagesOf, probeProject } from "../docker/probes.js";
import { openProject, portVariables, requireMailPassword, writeProject } from "../docker/project.js";
import type { BuiltImage } from "../images/build-images.js";
import { buildables, requireFolders } from "../images/buildable.js";
import { makeImages } from "../images/make-images.js";
import { BUILDING, howToBuild, imageTag, NO_BUILD } from "../images/options.js";
import type { Progress } from "../output/progress.js";
import { renderAddresses, renderTable } from "../output/tables.js";
import { withDocker } from "../programs/with-programs.js";
import {
  deployStack,
  describeService,
  hasFallenBack,
  isDeployed,
  isWithoutImage,
  listNetworks,
  listServiceNames,
  lookAtStack,
  needManager,
  removeStack,
  SWARM,
  type SwarmService,
  serviceLogs,
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

/** `groundplan swarm deploy`: resolves when every copy is healthy, every update has completed, and public services answer. */
export const deploy = command({
  summary: "Build, deploy and probe the stack, and wait until every copy is healthy or rolled back",
  arguments: [],
  options: {
    ...SWARM,
    tag: parsed(
      "TAG",
      "version of the images (default: TAG of the environment, else latest); only another tag replaces what runs",
      imageTag,
    ),
    ...BUILDING,
    ...NO_BUILD,
    ...partPorts("publish a public service, prometheus or grafana here this time"),
    ...timeout("300"),
    ...json("print {stack, folder, services, probes, scrapes}"),
  },
  examples: [
    { line: "swarm deploy", says: "on an engine that is a swarm manager (docker swarm init)" },
    { line: "swarm deploy --tag v2", says: "a new version, copy by copy; the old one again if it fails" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const startedAt = Date.now();
    const project = await openProject(input, "swarm");
    if (project === null) return 1;
    const { opened, folder, parts, hint } = project;
    const { name } = swarmPlanOf(opened.plan);
    const names = parts.map((part) => part.name);
    const variables = { ...(options.tag === null ? {} : { TAG: options.tag }), ...portVariables(options.port, parts) };
    const isBuilt = !options.noBuild;
    if (isBuilt) requireRegistry();
    const services = isBuilt ? buildables(opened.plan, opened.folder, options.tag ?? (process.env.TAG || DEFAULT_TAG)) : [];
    requireFolders(services, opened.folder);

    return withDocker(input, {
      names,
      folder,
      async run(docker) {
        const { runner, progress, signal } = docker;
        writeProject(project, docker);
        requireMailPassword(project, parts);
        await needManager(runner);
        const { built } = await makeImages(isBuilt ? parts : [], services, { ...howToBuild(options), folder }, docker, false);
        requireNewImages(built, await lookAtContainers(runner, [stackLabel(name)], true));

        const before = await lookAtStack(runner, name);
        await runOrFail(runner, deployStack(name, variables), name);
        const look = () => lookAtStack(runner, name);
        const outcome = await waitUntilDeployed({ names, look, before, timeoutMs: options.timeout * 1_000, progress, signal });
        if (outcome.verdict !== "deployed") {
          const problems = await explainDeploy(runner, name, outcome, options.timeout);
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
          options.json
            ? JSON.stringify({ stack: name, folder, services: outcome.services, probes, scrapes }, null, 2)
            : renderAddresses(headline, pagesOf(probes), `remove it: ${hint("rm")}`),
        );
        return 0;
      },
      async stopped(_, say) {
        say(`stopped waiting; the swarm goes on with the deployment by itself; see ${hint("ps")}, or remove it: ${hint("rm")}`);
        return 1;
      },
    });
  },
});

export interface DeployWait {
  /** Names of the services that must run, in start order. */
  readonly names: readonly string[];
  readonly look: () => Promise<readonly SwarmService[]>;
  /** As they were before: an update that had ended by then is none of this deployment. */
  readonly before: readonly SwarmService[];
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface DeployOutcome {
  readonly services: readonly SwarmService[];
  /**
   * - "deployed": every copy runs and is healthy, and every update has completed
   * - "failed": an update fell back, or an image is missing
   * - "late": the time is over
   */
  readonly verdict: "deployed" | "failed" | "late";
}

/** An update shows itself a moment after the service has its new description: one look may still find all as it was. */
const LOOKS_IN_A_ROW = 3;

const LINES_SHOWN = 8;

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

/** @throws UserError when images come from a registry: what is built here is not there. */
function requireRegistry(): void {
  const registry = process.env.REGISTRY ?? "";
  if (registry === "") return;
  throw new UserError({
    message: `the images come from ${registry} (REGISTRY), and what is built here isn't in it`,
    fix: "build, tag and push them, then deploy with --no-build",
  });
}

/**
 * Swarm tells versions apart by the names of their images: one that was built anew under the name that runs would never be deployed.
 *
 * @throws UserError with every such image.
 */
export function requireNewImages(built: readonly BuiltImage[], running: readonly Container[]): void {
  const problems = built.flatMap(({ service, image, id }): UserProblem[] => {
    const old = running.find((container) => container.service === service && container.imageName === image && container.imageId !== id);
    if (old === undefined) return [];
    return [
      {
        message: `${service}: its image ${image} has changed, and a version of this name runs: Swarm would keep running the old one`,
        fix: "deploy it under a name of its own, for example --tag v2",
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}

/** Follows the services of a stack until all of them run as they should, or will not. */
export async function waitUntilDeployed({ names, look, before, timeoutMs, progress, signal }: DeployWait): Promise<DeployOutcome> {
  const deadline = Date.now() + timeoutMs;
  let deployedLooks = 0;
  for (;;) {
    const services = (await look()).map((service) => withoutOldUpdate(service, before));
    const own = names.map((name) => services.find(({ service }) => service === name));
    for (const service of own) {
      if (service === undefined) continue;
      if (isDeployed(service)) progress.end(service.service, describeService(service));
      else progress.step(service.service, describeService(service));
    }
    const isOver = own.every((service) => service !== undefined && isDeployed(service));
    deployedLooks = isOver ? deployedLooks + 1 : 0;
    const isFailed = services.some((service) => hasFallenBack(service) || isWithoutImage(service));
    if (isFailed) return { services, verdict: "failed" };
    if (deployedLooks >= LOOKS_IN_A_ROW) return { services, verdict: "deployed" };
    if (Date.now() >= deadline) return { services, verdict: "late" };
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function withoutOldUpdate(service: SwarmService, before: readonly SwarmService[]): SwarmService {
  const earlier = before.find((candidate) => candidate.service === service.service)?.update;
  return earlier?.startedAt === service.update?.startedAt ? { ...service, update: null } : service;
}

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
  const fix = `fix what its log reports: ${logCommand}`;
  if (hasFallenBack(service)) {
    const end = update?.state === "rollback_completed" ? "what runs is the version before" : "the update stands still, some copies are new";
    return { message: `${name}: its new version didn't stay healthy, ${end} (${update?.message})`, detail, fix };
  }
  const known = explainFailure(errors.join("\n"), name);
  return known ?? { message: `${name}: ${running} of ${wanted} copies are healthy after ${timeout} s`, detail, fix };
}
