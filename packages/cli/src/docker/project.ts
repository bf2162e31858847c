import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HealthCheck, UserError } from "@groundplan/model";
import {
  type Container,
  type ContainerPlan,
  containerPlanOf,
  isOpenToPeople,
  MAIL_PASSWORD_FILE,
  mailPassword,
  portSetting,
  type UserFile,
} from "@groundplan/targets";
import { unknownName } from "../arguments/usage-error.js";
import type { CommandInput } from "../command.js";
import {
  describeWritten,
  openTargetFolder,
  type TargetFolder,
  type TargetOptions,
  targetNamed,
  writeTarget,
} from "../output/target-files.js";
import { textOf } from "../output/write-files.js";
import type { Programs } from "../programs/with-programs.js";
import { envValue } from "../secret-files/secret-files.js";

/** A stack as Docker runs it, by Compose or Swarm. */
export interface DockerProject extends TargetFolder {
  /** The command that drives it, which is also its target and the name of its usual folder. */
  readonly command: "compose" | "swarm";
  /** In start order, then monitoring; those that no image can be had for left out. */
  readonly parts: readonly DockerPart[];
}

/** The project that the command line means; `null`: its stack has problems, and they were shown. */
export async function openProject(input: CommandInput<TargetOptions>, command: DockerProject["command"]): Promise<DockerProject | null> {
  const place = await openTargetFolder(input, command);
  return place === null ? null : { ...place, command, parts: partsOf(containerPlanOf(place.opened.plan)) };
}

/** @throws UserError when the project's files were never written. */
export function needFiles({ folder, shownFolder, hint }: DockerProject, file: string, startAction: string): void {
  if (existsSync(join(folder, file))) return;
  throw new UserError({
    message: `there is no ${file} in ${shownFolder}`,
    fix: `start the stack first (${hint(startAction)}), or name the folder with --out`,
  });
}

/** A variable that the project's files take: the environment comes before .env, as Compose has it; `null`: it is not set. */
export function settingOf({ folder }: DockerProject, name: string): string | null {
  return process.env[name] || envValue(textOf(join(folder, ".env")) ?? "", name);
}

/** What Docker runs of a project: a component of the stack, or a program of its monitoring. */
export interface DockerPart {
  readonly name: string;
  /** What must be healthy before it is started. */
  readonly after: readonly string[];
  readonly port: number | null;
  readonly public: boolean;
  readonly health: HealthCheck;
  readonly memoryMb: number;
  /** The ready image that it runs; `null`: its image is built here. */
  readonly image: string | null;
  readonly isMonitoring: boolean;
  /** Whether it reads the metrics of all others. */
  readonly readsMetrics: boolean;
  /** Files that it reads and that only the user can write. */
  readonly userFiles: readonly UserFile[];
}

/** The components in start order, then monitoring. */
export function partsOf({ components, monitoring }: ContainerPlan): readonly DockerPart[] {
  return [
    ...components.map((container) => partOf(container, false)),
    ...monitoring.map((container) => partOf(container, container.asks === "everything")),
  ];
}

function partOf(container: Container, readsMetrics: boolean): DockerPart {
  const { name, role, after, port, check, memoryMb, image, userFiles } = container;
  return {
    name,
    after,
    port,
    public: isOpenToPeople(container),
    health: check,
    memoryMb,
    image: image.kind === "built" ? null : image.reference,
    isMonitoring: role === "monitoring",
    readsMetrics,
    userFiles,
  };
}

/** Writes the files of a project, and says so. What is run from here on is run in their folder. */
export function writeProject({ command, opened, folder, shownFolder }: DockerProject, { progress }: Programs): void {
  const written = writeTarget(targetNamed(command), opened, folder);
  for (const line of describeWritten(written, shownFolder)) progress.note(line);
  for (const note of written.notes) progress.note(`note: ${note}`);
  progress.note(`$ cd ${shownFolder}`);
}

/** @throws UserError when alarms are to be sent with a password that nobody has written. */
export function requireMailPassword({ opened, folder, shownFolder }: DockerProject, parts: readonly DockerPart[]): void {
  const mail = mailPassword(opened.plan);
  const isRead = parts.some(({ userFiles }) => userFiles.some(({ path }) => path === MAIL_PASSWORD_FILE));
  if (mail === null || !isRead || existsSync(join(folder, MAIL_PASSWORD_FILE))) return;
  throw new UserError({
    message: `alarms go out as ${mail.user} at ${mail.smarthost}, and there is no password for that account`,
    fix: `write it into ${join(shownFolder, MAIL_PASSWORD_FILE)} (chmod 644: Alertmanager reads it as the user nobody); git ignores it`,
  });
}

/**
 * Ports of `--port NAME=PORT` as the variables that the Compose file takes them from.
 *
 * @throws UsageError when one of them is of no public service.
 */
export function portVariables(
  ports: Readonly<Record<string, number>>,
  parts: readonly Pick<DockerPart, "name" | "port" | "public">[],
): Readonly<Record<string, string>> {
  const known = parts.filter((part) => part.public && part.port !== null).map(({ name }) => name);
  const entries = Object.entries(ports).map(([name, port]) => {
    if (known.includes(name)) return [portSetting(name), String(port)];
    throw unknownName(`--port ${name}=${port}: "${name}" isn't a public service, and only those publish a port`, name, known);
  });
  return Object.fromEntries(entries);
}
