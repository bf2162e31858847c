import { pause } from "@groundplan/local";
import { UserError, type UserProblem } from "@groundplan/model";
import { type CommandLine, lastLines, type ProgramResult, type ProgramRunner } from "@groundplan/programs";
import { DEFAULT_TAG } from "@groundplan/targets";
import { json, partPorts, timeout } from "../arguments/options.js";
import { UsageError, unknownName } from "../arguments/usage-error.js";
import { command, parsed, texts } from "../command.js";
import { type Container, describeState, isReady, publishedAddress } from "../docker/container.js";
import { containerLogs, failedCommand, inspectImage, lastExitCodes, needEngine } from "../docker/engine.js";
import { explainFailure } from "../docker/failures.js";
import { pagesOf, probeProject } from "../docker/probes.js";
import {
  type DockerPart,
  type DockerProject,
  openProject,
  portVariables,
  requireMailPassword,
  settingOf,
  writeProject,
} from "../docker/project.js";
import { type Buildable, buildables, requireFolders } from "../images/buildable.js";
import { makeImages } from "../images/make-images.js";
import { BUILDING, howToBuild, imageTag, NO_BUILD } from "../images/options.js";
import type { Progress } from "../output/progress.js";
import { renderAddresses } from "../output/tables.js";
import { type Programs, withDocker } from "../programs/with-programs.js";
import { COMPOSE, composeUp, describeRest, findCompose, lookAtProject, statusOf } from "./project.js";

/** `groundplan compose up`: resolves when everything is healthy and answers from outside. */
export const up = command({
  summary: "Build, start and probe the stack in Docker, and wait until everything is healthy",
  arguments: [],
  options: {
    ...COMPOSE,
    tag: parsed("TAG", "version of the images (default: TAG of the environment or of .env, else latest)", imageTag),
    ...BUILDING,
    ...NO_BUILD,
    without: texts("NAME", "leave out this program of monitoring, or all of them (monitoring)"),
    ...partPorts("publish a public service, prometheus or grafana here this time; to keep it, write NAME_PORT=PORT into the folder's .env"),
    ...timeout("120"),
    ...json("print {stack, folder, services, probes, scrapes, leftOut}"),
  },
  examples: [
    { line: "compose up", says: "the stack in containers" },
    { line: "compose up --port vote=9000 --port result=9001", says: "on other ports" },
    { line: "compose up --without monitoring", says: "without Prometheus, Grafana and what they read" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const startedAt = Date.now();
    const project = await openProject(input, "compose");
    if (project === null) return 1;
    const { opened, folder, hint } = project;
    const wanted = wantedParts(options.without, project.parts);
    const { stack } = opened.plan;
    const variables = { ...(options.tag === null ? {} : { TAG: options.tag }), ...portVariables(options.port, wanted) };
    const ownImages = buildables(opened.plan, opened.folder, options.tag ?? settingOf(project, "TAG") ?? DEFAULT_TAG);
    const services = options.noBuild ? [] : ownImages;
    requireFolders(services, opened.folder);

    return withDocker(input, {
      names: wanted.map(({ name }) => name),
      folder,
      async run(docker) {
        writeProject(project, docker);
        requireMailPassword(project, wanted);
        await needEngine(docker.runner);
        const compose = await findCompose(docker.runner);
        if (options.noBuild) await needImages(ownImages, docker.runner);
        const build = { ...howToBuild(options), folder };
        // A laptop without a way to the registries runs the stack all the same.
        const { missing } = await makeImages(wanted, services, build, docker, true);
        const parts = wanted.filter(({ name }) => !missing.has(name));
        const names = parts.length === project.parts.length ? [] : parts.map(({ name }) => name);
        const { containers } = await start(composeUp(compose, variables, names), project, parts, docker, options.timeout);
        const logCommand = (service: string) => hint(`logs --service ${service}`);
        const { probes, scrapes } = await probeProject(
          { plan: opened.plan, parts, addressOf: (service, port) => publishedAddress(service, port, containers), logCommand },
          docker,
        );
        docker.progress.close();
        const headline = `stack ${stack} runs in Docker, started in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
        terminal.out(
          options.json
            ? JSON.stringify(
                { stack, folder, services: statusOf(parts, containers), probes, scrapes, leftOut: leftOut(project, parts) },
                null,
                2,
              )
            : renderAddresses([headline, ...withoutLine(leftOut(project, parts))].join("; "), pagesOf(probes), `stop it: ${hint("down")}`),
        );
        return 0;
      },
      async stopped(runner, say) {
        say(`stopped halfway; ${describeRest(await lookAtProject(runner, project), hint)}`);
        return 1;
      },
    });
  },
});

const LINES_SHOWN = 8;

/** A container that ended so many times will do so again. */
const MANY_RESTARTS = 3;

/** 128 and the number of SIGKILL, which no program can catch. */
const KILLED = 137;

interface Suspect {
  readonly container: Container;
  /** How its last run ended; `null`: it has not ended yet, or nobody knows. */
  readonly lastExitCode: number | null;
  /** What it printed last. */
  readonly log: string;
  /** Most memory that it may take, in MiB. */
  readonly memoryMb: number;
  /** For how long it was waited for in vain; `null`: the wait ended for another reason. */
  readonly waitedSeconds: number | null;
  /** The command that shows all of its log. */
  readonly logCommand: string;
}

/**
 * Compose 2 would ask a public registry for an image of such a name, and start what anyone put there.
 *
 * @throws UserError with every image that is not here.
 */
async function needImages(images: readonly Buildable[], runner: ProgramRunner): Promise<void> {
  const found = await Promise.all(images.map(({ image }) => runner.run(inspectImage(image), { quiet: true })));
  const missing = images.filter((_, index) => found[index]?.code !== 0);
  const problems = missing.map(({ service }) => ({
    message: `the image of ${service} was not built`,
    fix: "build it: groundplan build, or leave out --no-build",
  }));
  if (problems.length > 0) throw new UserError(problems);
}

/** Names of what the stack runs without. */
function leftOut(project: DockerProject, parts: readonly DockerPart[]): readonly string[] {
  return project.parts.filter((part) => !parts.includes(part)).map(({ name }) => name);
}

const withoutLine = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [`without ${names.join(", ")}`]);

/** @throws UserError when not everything becomes healthy, with what the containers tell. */
async function start(
  command: CommandLine,
  project: DockerProject,
  parts: readonly DockerPart[],
  docker: Programs,
  timeout: number,
): Promise<WaitOutcome> {
  const { runner, progress, signal } = docker;
  const end = new AbortController();
  const started = runner.run(command, { signal: end.signal });
  const outcome = await waitUntilReady({
    components: parts,
    look: () => lookAtProject(runner, project),
    start: started,
    timeoutMs: timeout * 1_000,
    progress,
    signal,
  }).finally(async () => {
    end.abort();
    await started.catch(() => {});
  });
  if (outcome.verdict === "ready") return outcome;

  const { containers, verdict } = outcome;
  const found = await explainStart(runner, {
    containers,
    parts,
    waitedSeconds: verdict === "late" ? timeout : null,
    logCommand: (service) => project.hint(`logs --service ${service}`),
  });
  progress.note(describeRest(containers, project.hint));
  progress.close();
  throw new UserError(found.length > 0 ? found : [withoutSuspect(command, await started, timeout)]);
}

/** No container is to blame: what Compose itself says counts. */
function withoutSuspect(command: CommandLine, result: ProgramResult, timeout: number): UserProblem {
  if (result.code !== null) return failedCommand(command, result, "the stack");
  return {
    message: `the containers didn't start within ${timeout} s`,
    detail: lastLines(result.stderr, 3),
    fix: "allow more time with --timeout, or see what the Docker engine is doing: docker ps --all",
  };
}

export interface Awaited {
  readonly name: string;
  /** What must be healthy before it is started. */
  readonly after: readonly string[];
}

export interface WaitOptions {
  /** In start order. */
  readonly components: readonly Awaited[];
  readonly look: () => Promise<readonly Container[]>;
  /** The start, which was given already. */
  readonly start: Promise<ProgramResult>;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface WaitOutcome {
  readonly containers: readonly Container[];
  /**
   * - "ready": every component runs and is healthy
   * - "failed": one of them cannot become so by itself, or the start has failed
   * - "late": the time is over
   */
  readonly verdict: "ready" | "failed" | "late";
}

const POLL_MS = 300;

/** Follows the containers until all are ready, or will not be. */
export async function waitUntilReady(options: WaitOptions): Promise<WaitOutcome> {
  const { components, look, start, timeoutMs, progress, signal } = options;
  const deadline = Date.now() + timeoutMs;
  let started: ProgramResult | null = null;
  const onStarted = (result: ProgramResult) => {
    started = result;
  };
  // When it is stopped, so is this.
  start.then(onStarted, () => {});
  const before = new Map<string, number>();

  for (;;) {
    // Asked before the look: what is seen is then the state after the start.
    const hasStarted = started as ProgramResult | null;
    const containers = await look();
    for (const { id, restarts } of containers) if (!before.has(id)) before.set(id, restarts);
    showStates(components, containers, progress);

    const ofService = (name: string) => containers.filter((container) => container.service === name);
    if (hasStarted !== null && hasStarted.code !== 0) return { containers, verdict: "failed" };
    if (containers.some(({ id, restarts }) => restarts - (before.get(id) ?? 0) >= MANY_RESTARTS)) return { containers, verdict: "failed" };
    if (hasStarted !== null) {
      if (components.every(({ name }) => ofService(name).length > 0 && ofService(name).every(isReady)))
        return { containers, verdict: "ready" };
      if (containers.some(hasGivenUp)) return { containers, verdict: "failed" };
    }
    if (Date.now() >= deadline) return { containers, verdict: "late" };
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function hasGivenUp({ status, health, restarts }: Container): boolean {
  if (status === "restarting") return restarts >= MANY_RESTARTS;
  return status === "exited" || status === "dead" || (status === "running" && health === "unhealthy");
}

function showStates(components: readonly Awaited[], containers: readonly Container[], progress: Progress): void {
  const isAllReady = (name: string) => {
    const copies = containers.filter(({ service }) => service === name);
    return copies.length > 0 && copies.every(isReady);
  };
  for (const { name, after } of components) {
    const copies = containers.filter(({ service }) => service === name);
    const slowest = copies.find((copy) => !isReady(copy)) ?? copies[0];
    const awaited = after.filter((other) => !isAllReady(other));
    if (slowest !== undefined && isReady(slowest)) progress.end(name, describeState(slowest));
    else if (slowest !== undefined && slowest.status !== "created") progress.step(name, describeState(slowest));
    else if (awaited.length > 0) progress.step(name, `waits for ${awaited.join(", ")}`);
    else progress.step(name, "starts");
  }
}

const LINES_READ = 20;

export interface FailedStart {
  readonly containers: readonly Container[];
  readonly parts: readonly DockerPart[];
  /** How long it was waited for in vain; `null`: the wait ended for another reason. */
  readonly waitedSeconds: number | null;
  readonly logCommand: (service: string) => string;
}

/** What is wrong with the containers that are not ready: their exit codes, health checks and last lines. */
async function explainStart(runner: ProgramRunner, failed: FailedStart): Promise<readonly UserProblem[]> {
  const { containers, parts, waitedSeconds, logCommand } = failed;
  const found = await Promise.all(
    parts.flatMap(({ name, memoryMb }) =>
      containers
        .filter(({ service }) => service === name)
        .map(async (container) => {
          const { stdout, stderr } = await runner.run(containerLogs(container.id, LINES_READ), { quiet: true });
          const lastExitCode = await lastExitCodeOf(container, runner);
          return diagnose({ container, lastExitCode, log: `${stdout}\n${stderr}`, memoryMb, waitedSeconds, logCommand: logCommand(name) });
        }),
    ),
  );
  return found.filter((problem) => problem !== null);
}

/** While a container runs once more, its state says nothing of how it ended before. */
async function lastExitCodeOf({ id, status, exitCode, restarts }: Container, runner: ProgramRunner): Promise<number | null> {
  if (status !== "running") return exitCode;
  if (restarts === 0) return null;
  const last = (await runner.run(lastExitCodes(id), { quiet: true })).stdout.trim().split("\n").at(-1) ?? "";
  return /^\d+$/.test(last) ? Number(last) : null;
}

/** All programs of monitoring at once. */
const ALL = "monitoring";

/**
 * The parts that `--without NAME` leaves: programs of monitoring may be left out, the stack's own may not.
 *
 * @throws UsageError when a name is none of these.
 */
export function wantedParts(left: readonly string[], parts: readonly DockerPart[]): readonly DockerPart[] {
  const known = [ALL, ...parts.filter(({ isMonitoring }) => isMonitoring).map(({ name }) => name)];
  for (const name of left) {
    if (known.length === 1) throw new UsageError(`--without ${name}: the stack has no monitoring, and nothing else can be left out.`);
    if (known.includes(name)) continue;
    throw unknownName(`--without ${name}: only what belongs to monitoring can be left out`, name, known);
  }
  return parts.filter(({ name, isMonitoring }) => !isMonitoring || !(left.includes(ALL) || left.includes(name)));
}

/** What is wrong with a container that is not ready, with what shows it; `null`: nothing, it may still become so. */
export function diagnose({ container, lastExitCode, log, memoryMb, waitedSeconds, logCommand }: Suspect): UserProblem | null {
  if (isReady(container)) return null;
  const { service, status, health, exitCode, restarts } = container;
  const printed = lastLines(log, LINES_SHOWN);
  const seeLog = `fix what its log says; the whole log: ${logCommand}`;

  if (container.error !== "") {
    const known = explainFailure(container.error, service);
    return known ?? { message: `${service} cannot be started`, detail: [container.error], fix: "fix what the Docker engine says above" };
  }
  // The engine calls one that ends again and again unhealthy too, while it asks what does not answer yet.
  const isUnhealthy = health === "unhealthy" && status === "running" && restarts < MANY_RESTARTS;
  const kills = status === "restarting" ? restarts + 1 : restarts;
  if (container.outOfMemory || (lastExitCode === KILLED && (status === "restarting" || (status === "running" && !isUnhealthy)))) {
    // Not every engine tells who killed it; that it was the kernel's limit is by far the most likely.
    const how = container.outOfMemory ? "was killed:" : `was killed ${kills} times (exit code ${KILLED}), most likely since`;
    return {
      message: `${service} ${how} it needs more memory than the ${memoryMb} MiB that it may have`,
      detail: printed,
      fix: "give it more (memoryMb in stack.ts), or make it need less",
    };
  }
  if (status === "exited" || status === "dead") {
    return { message: `${service} has ended with exit code ${exitCode}`, detail: printed, fix: seeLog };
  }
  if (isUnhealthy) {
    return { message: `${service} is unhealthy`, detail: [...healthLines(container.healthLog.slice(-3)), ...printed], fix: seeLog };
  }
  if (status === "restarting" || restarts > 0) {
    const code = lastExitCode === null ? "" : ` with exit code ${lastExitCode}`;
    return { message: `${service} ends again and again${code} (restarts: ${restarts})`, detail: printed, fix: seeLog };
  }
  if (waitedSeconds === null || status === "created") return null;
  return {
    message: `${service} did not become healthy within ${waitedSeconds} s`,
    detail: [...healthLines(container.healthLog.slice(-1)), ...printed],
    fix: seeLog,
  };
}

function healthLines(log: readonly string[]): readonly string[] {
  return log.flatMap((text) => text.split("\n")).map((line) => `health check: ${line}`);
}
