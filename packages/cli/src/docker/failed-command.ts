import { UserError, type UserProblem } from "@groundplan/model";
import type { ProgramResult, ProgramRunner, RunOptions } from "@groundplan/programs";
import { type CommandLine, lastLines, renderCommandLine } from "@groundplan/programs";
import { explainFailure } from "./failures.js";

const LINES_SHOWN = 8;

/** What a command that failed means, with its last lines. */
export function failedCommand(command: CommandLine, result: ProgramResult, about: string): UserProblem {
  const detail = lastLines(result.stderr === "" ? result.stdout : result.stderr, LINES_SHOWN);
  const known = explainFailure(result.stderr, about);
  if (known !== null) return { ...known, detail };
  const ending = result.code === null ? "was killed" : `failed with exit code ${result.code}`;
  return { message: `${renderCommandLine(command)} ${ending}`, detail, fix: "put right what it says, then try again" };
}

/** Runs a command that has to succeed. @throws UserError when it does not. */
export async function runOrFail(
  runner: ProgramRunner,
  command: CommandLine,
  about: string,
  options: RunOptions = {},
): Promise<ProgramResult> {
  const result = await runner.run(command, options);
  if (result.code !== 0) throw new UserError(failedCommand(command, result, about));
  return result;
}
