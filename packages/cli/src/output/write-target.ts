import { join } from "node:path";
import { type Rendered, TARGETS, type Target } from "@groundplan/targets";
import { describeSecretFile, type WrittenSecretFile, writeSecretFiles } from "../secret-files/write-secret-files.js";
import type { OpenedPlan } from "../stack-file/open-plan.js";
import { stateFolderOf } from "../up/state-folder.js";
import { placeOf } from "./output-place.js";
import { writeFiles } from "./write-files.js";

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
