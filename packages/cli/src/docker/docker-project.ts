import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UserError } from "@groundplan/model";
import { containerPlanOf } from "@groundplan/targets";
import type { Arguments } from "../arguments/arguments.js";
import type { CommandInput } from "../command.js";
import { textOf } from "../output/write-files.js";
import { envValue } from "../secret-files/env-file.js";
import { type OpenedPlan, openPlan } from "../stack-file/open-plan.js";
import { type DockerPart, partsOf } from "./docker-part.js";

/** A stack as Docker runs it, by Compose or Swarm. */
export interface DockerProject {
  /** The command that drives it, which is also its target and the name of its usual folder. */
  readonly command: "compose" | "swarm";
  readonly opened: OpenedPlan;
  /** Where its files are, absolute. */
  readonly folder: string;
  /** The same as the user would write it. */
  readonly shownFolder: string;
  /** In start order, then monitoring; those that no image can be had for left out. */
  readonly parts: readonly DockerPart[];
  /** Another action on the same project, as one types it. */
  hint(action: string): string;
}

/** The project that the command line means; `null`: its stack has problems, and they were shown. */
export async function openProject(input: CommandInput, command: DockerProject["command"]): Promise<DockerProject | null> {
  const opened = await openPlan(input);
  if (opened === null) return null;
  const out = input.arguments.text("out");
  const folder = out === null ? join(opened.folder, "out", command) : resolve(input.folder, out);
  const seen = relative(input.folder, folder) || ".";
  return {
    command,
    opened,
    folder,
    shownFolder: seen.startsWith("..") ? folder : seen,
    parts: partsOf(containerPlanOf(opened.plan)),
    hint: (action: string) => renderHint(command, action, input.arguments),
  };
}

export function renderHint(command: string, action: string, given: Arguments): string {
  const same = ["stack", "out"].flatMap((option) => (given.flag(option) ? [`--${option} ${given.text(option)}`] : []));
  return ["groundplan", command, action, ...same].join(" ");
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
