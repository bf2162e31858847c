import { type Plan, planOf } from "@groundplan/model";
import type { CommandInput } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { findStackFile } from "./find-stack-file.js";
import { loadStack } from "./load-stack.js";

export interface OpenedPlan {
  readonly plan: Plan;
  /** The stack's folder, absolute. */
  readonly folder: string;
}

/** The plan of the stack that the command line means; `null`: it has problems, and they were shown. */
export async function openPlan({ arguments: given, terminal, folder }: CommandInput): Promise<OpenedPlan | null> {
  const found = findStackFile(folder, given.text("stack"));
  const loaded = found.problem === null ? await loadStack(found.file) : null;
  const problems = found.problem === null ? (loaded?.problems ?? []) : [found.problem];
  if (problems.length > 0 || loaded === null || loaded.definition === null) {
    terminal.err(renderProblems(found.file, problems));
    return null;
  }
  return { plan: planOf(loaded.definition), folder: loaded.folder };
}
