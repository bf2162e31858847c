import { type Plan, type Problem, planOf, type StackDefinition } from "@groundplan/model";
import { checkTypes } from "./check-types.js";
import { findStackFile } from "./find-stack-file.js";
import { loadStack } from "./load-stack.js";

export interface CheckedStack {
  readonly file: string;
  readonly definition: StackDefinition | null;
  readonly problems: readonly Problem[];
  /** One line about a valid stack; `null`: it has problems. */
  readonly summary: string | null;
}

/** All that can be said about a stack file without running the stack: its types and what the model finds. */
export async function checkStack(folder: string, given: string | null): Promise<CheckedStack> {
  const found = findStackFile(folder, given);
  if (found.problem !== null) return { file: found.file, definition: null, problems: [found.problem], summary: null };

  const [typeProblems, loaded] = await Promise.all([checkTypes(found.file), loadStack(found.file)]);
  // What keeps the file from being read at all, the compiler says as well, and better.
  const isSaidTwice = (problem: Problem) => problem.code === "STACK_FILE_TYPE_ERROR" && typeProblems.length > 0;
  const problems = [...typeProblems, ...loaded.problems.filter((problem) => !isSaidTwice(problem))];
  const summary = problems.length === 0 && loaded.definition !== null ? summaryOf(planOf(loaded.definition)) : null;
  return { file: found.file, definition: loaded.definition, problems, summary };
}

function summaryOf(plan: Plan): string {
  const counts = [
    countOf(plan.components.length, "component"),
    countOf(plan.links.length, "link"),
    countOf(plan.hosts.length, "host"),
    countOf(plan.rules.length, "rule"),
  ];
  return `stack ${plan.stack} is valid: ${counts.join(", ")}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
