import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { CommandInput } from "../command.js";
import type { OpenedPlan } from "../stack-file/open-plan.js";

/** What only the top folder of a repository has. */
const MARKS = [".git", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/**
 * Where a stack keeps its data between runs: `.groundplan/NAME` at the top of the repository that the stack is in, or in the
 * stack's own folder if it is in none. From wherever `up` is typed, it is the same data.
 */
export function stateFolderOf(stackFolder: string, stack: string): string {
  return join(topFolder(stackFolder) ?? stackFolder, ".groundplan", stack);
}

/** The folder that --data names, or the stack's usual one. */
export function givenStateFolder({ options, folder }: CommandInput<{ readonly data: string | null }>, opened: OpenedPlan): string {
  return options.data === null ? stateFolderOf(opened.folder, opened.plan.stack) : resolve(folder, options.data);
}

function topFolder(folder: string): string | null {
  if (MARKS.some((mark) => existsSync(join(folder, mark)))) return folder;
  const above = dirname(folder);
  return above === folder ? null : topFolder(above);
}
