import type { Plan, Problem } from "@groundplan/model";
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
  const read = await readPlan(folder, given.text("stack"));
  if (!("problems" in read)) return read;
  terminal.err(renderProblems(read.file, read.problems));
  return null;
}

/** @param given Folder or file of the stack; `null`: the usual one in `folder`. */
export async function readPlan(
  folder: string,
  given: string | null,
): Promise<OpenedPlan | { readonly file: string; readonly problems: readonly Problem[] }> {
  const { file, problem } = findStackFile(folder, given);
  if (problem !== null) return { file, problems: [problem] };
  const { plan, problems, folder: stackFolder } = await loadStack(file);
  return plan === null ? { file, problems } : { plan, folder: stackFolder };
}
