import type { UserProblem } from "@groundplan/model";
import type { Diagnostic } from "./terraform-events.js";
import { explainTerraform } from "./terraform-failures.js";

const LINES_SHOWN = 8;

/**
 * What Terraform's errors mean: where, what, and what to do. One that says the same of several resources is told once.
 *
 * @param again The command that goes on, as one types it.
 */
export function explainDiagnostics(diagnostics: readonly Diagnostic[], again: string): readonly UserProblem[] {
  const problems = diagnostics.filter(({ severity }) => severity === "error").map((diagnostic) => explain(diagnostic, again));
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

function explain({ summary, detail, address, place, variable }: Diagnostic, again: string): UserProblem {
  if (variable !== null) return aboutVariable(variable, summary, detail);
  const undeclared = /A variable named "([^"]+)" was assigned/.exec(detail)?.[1];
  if (undeclared !== undefined) {
    return { message: `the Terraform files have no variable "${undeclared}"`, fix: "see variables.tf for those that there are" };
  }
  const lines = detail.split("\n").filter((line) => line.trim() !== "");
  const where = address === null ? "" : `${address}: `;
  const known = explainTerraform(`${summary}\n${detail}`);
  if (known !== null) return { ...known, message: `${where}${known.message}`, detail: [summary, ...lines].slice(0, LINES_SHOWN) };
  return {
    message: `${where}${summary}${place === null ? "" : ` (${place})`}`,
    detail: lines.slice(0, LINES_SHOWN),
    fix: `put right what it says, then go on: ${again}`,
  };
}

function aboutVariable(variable: string, summary: string, detail: string): UserProblem {
  const reason = detail.split("\n\n")[0] ?? "";
  return {
    message: `variable ${variable}: ${summary === "Invalid value for variable" ? reason : `${summary}. ${reason}`}`,
    fix: `give it a value that fits: --var ${variable}=VALUE`,
  };
}
