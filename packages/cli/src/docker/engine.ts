import { UserError, type UserProblem } from "@groundplan/model";
import {
  type CommandLine,
  lastLines,
  type ProgramResult,
  type ProgramRunner,
  type RunOptions,
  renderCommandLine,
} from "@groundplan/programs";
import { explainFailure } from "./failures.js";

const docker = (...args: readonly string[]): CommandLine => ({ program: "docker", args });

/** Fails, with the real reason on stderr, when the engine does not answer. */
export const engineVersion = (): CommandLine => docker("version", "--format", "{{.Server.Version}}");

export interface ImageBuild {
  readonly image: string;
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** `null`: as the Dockerfile says. */
  readonly base: string | null;
}

export const buildImage = ({ image, context, base }: ImageBuild): CommandLine =>
  docker("build", "--tag", image, ...(base === null ? [] : ["--build-arg", `BASE=${base}`]), context);

export const pullImage = (image: string): CommandLine => docker("pull", image);

export const inspectImage = (image: string): CommandLine => docker("image", "inspect", image);

/** Numbers of all containers with these labels, also of those that do not run. */
export const listContainers = (labels: readonly string[]): CommandLine =>
  docker("ps", "--all", "--quiet", ...labels.flatMap((label) => ["--filter", `label=${label}`]));

export const inspectContainers = (ids: readonly string[]): CommandLine => docker("inspect", "--type", "container", ...ids);

export const containerLogs = (id: string, lines: number): CommandLine => docker("logs", "--tail", String(lines), id);

/** The exit codes of a container's last runs, one a line, as far as the engine remembers: about the last 256 things that happened to it. */
export const lastExitCodes = (id: string): CommandLine =>
  docker(
    ...["events", "--since", "1h", "--until", "0s", "--filter", `container=${id}`, "--filter", "event=die"],
    ...["--format", "{{.Actor.Attributes.exitCode}}"],
  );

export const listVolumes = (label: string): CommandLine => docker("volume", "ls", "--filter", `label=${label}`, "--format", "{{.Name}}");

/** @throws UserError with the real reason when there is no docker, or no engine that answers it. */
export async function needEngine(runner: ProgramRunner): Promise<void> {
  const { code, stderr, missing } = await runner.run(engineVersion(), { quiet: true });
  if (missing) {
    throw new UserError({
      message: "docker isn't installed on this machine",
      fix: "install it: https://docs.docker.com/get-docker/; without it, groundplan up runs the stack",
    });
  }
  if (code === 0) return;
  const detail = lastLines(stderr, 3);
  const known = explainFailure(stderr, "docker version");
  if (known !== null) throw new UserError({ ...known, detail });
  throw new UserError({ message: "the Docker engine doesn't answer", detail, fix: "run docker version and fix what it reports" });
}

const LINES_SHOWN = 8;

/** What a command that failed means, with its last lines. */
export function failedCommand(command: CommandLine, result: ProgramResult, about: string): UserProblem {
  const detail = lastLines(result.stderr === "" ? result.stdout : result.stderr, LINES_SHOWN);
  const known = explainFailure(result.stderr, about);
  if (known !== null) return { ...known, detail };
  const ending = result.code === null ? "was killed" : `failed with exit code ${result.code}`;
  return { message: `${renderCommandLine(command)} ${ending}`, detail, fix: "fix the error above, then try again" };
}

/** Runs a command that has to succeed. @throws UserError when it does not. */
export async function runOrFail(
  runner: ProgramRunner,
  command: CommandLine,
  about: string,
  options: RunOptions = {},
): Promise<ProgramResult> {
  const result = await runner.run(command, options);
  if (result.code !== 0) throw new UserError(failedCommand(command, result, about));
  return result;
}
