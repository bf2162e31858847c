import { basename } from "node:path";
import type { Problem } from "@groundplan/model";

/**
 * Every problem with its place, what is wrong and what to do about it.
 *
 * @example
 * stack.ts has 1 problem
 *   services.vote.uses.redsi   LINK_TARGET_UNKNOWN
 *     the stack has no component of this name
 *     found: "redsi"
 *     allowed: db, redis
 *     fix: write "redis"
 */
export function renderProblems(file: string, problems: readonly Problem[]): string {
  const width = Math.max(...problems.map((problem) => problem.at.length));
  return [
    `${basename(file)} has ${problems.length} problem${problems.length === 1 ? "" : "s"}`,
    ...problems.map((problem) => renderProblem(problem, width)),
  ].join("\n");
}

function renderProblem(problem: Problem, width: number): string {
  const lines = [
    problem.message,
    ...(problem.found === "" ? [] : [`found: ${problem.found}`]),
    ...(problem.allowed === "" ? [] : [`allowed: ${problem.allowed}`]),
    `fix: ${problem.fix}`,
  ];
  const indented = lines.flatMap((line) => line.split("\n")).map((line) => `    ${line}`);
  return [`  ${problem.at.padEnd(width)}   ${problem.code}`, ...indented].join("\n");
}
