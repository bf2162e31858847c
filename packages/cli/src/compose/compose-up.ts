import { UserError, type UserProblem } from "@groundplan/local";
import { DEFAULT_TAG } from "@groundplan/targets";
import { imageTag } from "../build/build-options.js";
import { type Buildable, buildables, checkFolders } from "../build/buildable.js";
import { makeImages } from "../build/make-images.js";
import type { CommandInput, ExitCode } from "../command.js";
import { checkMailPassword } from "../docker/check-mail-password.js";
import type { CommandLine } from "../docker/command-line.js";
import type { CommandResult, CommandRunner } from "../docker/command-runner.js";
import { publishedAddress } from "../docker/container.js";
import { inspectImage } from "../docker/docker-commands.js";
import type { DockerPart } from "../docker/docker-part.js";
import { type DockerProject, openProject, settingOf } from "../docker/docker-project.js";
import { failedCommand } from "../docker/failed-command.js";
import { findCompose } from "../docker/find-compose.js";
import { lastLines } from "../docker/last-lines.js";
import { needEngine } from "../docker/need-engine.js";
import { pagesOf } from "../docker/probe.js";
import { probeProject } from "../docker/probe-project.js";
import { portVariables } from "../docker/published-ports.js";
import { timeoutSeconds } from "../docker/timeout-option.js";
import { type Docker, withDocker } from "../docker/with-docker.js";
import { writeProject } from "../docker/write-project.js";
import { renderAddresses } from "../output/render-addresses.js";
import { partPorts } from "../up/up-options.js";
import { composeUp } from "./compose-commands.js";
import { describeRest, lookAtProject } from "./compose-project.js";
import { statusOf } from "./compose-status.js";
import { explainStart } from "./explain-start.js";
import { type WaitOutcome, waitUntilReady } from "./wait-until-ready.js";
import { wantedParts } from "./without-option.js";

/** `groundplan compose up`: resolves when everything is healthy and answers from outside. */
export async function runComposeUp(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const startedAt = Date.now();
  const ports = partPorts(given);
  const timeout = timeoutSeconds(given);
  const givenTag = given.flag("tag") ? imageTag(given) : null;
  const project = await openProject(input, "compose");
  if (project === null) return 1;
  const { opened, folder, hint } = project;
  const wanted = wantedParts(given, project.parts);
  const { stack } = opened.plan;
  const variables = { ...(givenTag === null ? {} : { TAG: givenTag }), ...portVariables(ports, wanted) };
  const ownImages = buildables(opened.plan, opened.folder, givenTag ?? settingOf(project, "TAG") ?? DEFAULT_TAG);
  const services = given.flag("no-build") ? [] : ownImages;
  checkFolders(services, opened.folder);

  return withDocker(input, {
    names: wanted.map(({ name }) => name),
    folder,
    async run(docker) {
      writeProject(project, docker);
      checkMailPassword(project, wanted);
      await needEngine(docker.runner);
      const compose = await findCompose(docker.runner);
      if (given.flag("no-build")) await needImages(ownImages, docker.runner);
      const build = { base: given.text("base"), prepare: !given.flag("no-prepare"), folder };
      // A laptop without a way to the registries runs the stack all the same.
      const { missing } = await makeImages(wanted, services, build, docker, true);
      const parts = wanted.filter(({ name }) => !missing.has(name));
      const names = parts.length === project.parts.length ? [] : parts.map(({ name }) => name);
      const { containers } = await start(composeUp(compose, variables, names), project, parts, docker, timeout);
      const logCommand = (service: string) => hint(`logs --service ${service}`);
      const { probes, scrapes } = await probeProject(
        { plan: opened.plan, parts, addressOf: (service, port) => publishedAddress(service, port, containers), logCommand },
        docker,
      );
      docker.progress.close();
      const headline = `stack ${stack} runs in Docker, started in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
      terminal.out(
        given.flag("json")
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
      say(`stopped in the middle; ${describeRest(await lookAtProject(runner, project), hint)}`);
      return 1;
    },
  });
}

/**
 * Compose 2 would ask a public registry for an image of such a name, and start what anyone put there.
 *
 * @throws UserError with every image that is not here.
 */
async function needImages(images: readonly Buildable[], runner: CommandRunner): Promise<void> {
  const found = await Promise.all(images.map(({ image }) => runner.run(inspectImage(image), { quiet: true })));
  const missing = images.filter((_, index) => found[index]?.code !== 0);
  const problems = missing.map(({ service }) => ({
    message: `the image of ${service} was not built`,
    fix: "build it: groundplan build, or leave --no-build away",
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
  docker: Docker,
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
function withoutSuspect(command: CommandLine, result: CommandResult, timeout: number): UserProblem {
  if (result.code !== null) return failedCommand(command, result, "the stack");
  return {
    message: `the containers were not started within ${timeout} s`,
    detail: lastLines(result.stderr, 3),
    fix: "give it longer with --timeout, or see what the Docker engine does: docker ps --all",
  };
}
