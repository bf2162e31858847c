import { join, relative, resolve, sep } from "node:path";
import { type OutputPlace, type Rendered, TARGETS, type Target } from "@groundplan/targets";
import { hint } from "../arguments/hints.js";
import type { CommandInput } from "../command.js";
import { describeSecretFile, type WrittenSecretFile, writeSecretFiles } from "../secret-files/secret-files.js";
import { type OpenedPlan, openPlan } from "../stack-file/open-plan.js";
import { stateFolderOf } from "../up/state-folder.js";
import { writeFiles } from "./write-files.js";

/** What says which stack and which folder a command is about. */
export interface TargetOptions {
  readonly stack: string | null;
  readonly out: string | null;
}

/** A stack, and the folder that its files of a target are written to and run from. */
export interface TargetFolder {
  readonly opened: OpenedPlan;
  /** Absolute. */
  readonly folder: string;
  /** The same as the user would write it. */
  readonly shownFolder: string;
  /** Another command on the same stack and folder, as one types it: `hint("logs")`. */
  hint(action: string): string;
}

/** The folder that the command line means; `null`: its stack has problems, and they were shown. */
export async function openTargetFolder(input: CommandInput<TargetOptions>, target: string): Promise<TargetFolder | null> {
  const opened = await openPlan(input);
  if (opened === null) return null;
  const { out } = input.options;
  const folder = out === null ? join(opened.folder, "out", target) : resolve(input.folder, out);
  const seen = relative(input.folder, folder) || ".";
  const shownFolder = seen.startsWith("..") ? folder : seen;
  return { opened, folder, shownFolder, hint: (action) => hint(input, `${target} ${action}`) };
}

export interface WrittenTarget extends Rendered {
  readonly written: readonly WrittenSecretFile[];
}

/** Writes all files of a target into a folder, those with secrets included. */
export function writeTarget(target: Target, { plan, folder: stackFolder }: OpenedPlan, folder: string): WrittenTarget {
  const rendered = target.render(plan, placeOf(folder, stackFolder));
  writeFiles(folder, rendered.files);
  return { ...rendered, written: writeSecretFiles(folder, rendered.secretFiles, stateFolderOf(stackFolder, plan.stack)) };
}

/** A target that a command is made for. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  return target;
}

/** A line for each file. */
export function describeWritten({ files, written }: WrittenTarget, shownFolder: string): readonly string[] {
  return [...files.map(({ path }) => `wrote ${join(shownFolder, path)}`), ...written.map((file) => describeSecretFile(file, shownFolder))];
}

/** Where the files of a target will lie, both folders absolute. */
export function placeOf(outputFolder: string, stackFolder: string): OutputPlace {
  return { stackFolder: relative(outputFolder, stackFolder).split(sep).join("/") || "." };
}
