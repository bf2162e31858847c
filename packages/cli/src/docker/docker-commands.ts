import type { CommandLine } from "./command-line.js";

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
