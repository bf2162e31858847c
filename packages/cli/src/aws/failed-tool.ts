import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramResult } from "@groundplan/programs";
import { lastLines, renderCommandLine } from "@groundplan/programs";
import { explainTerraform } from "./terraform-failures.js";

const LINES_SHOWN = 8;

/**
 * A command that failed and told why as text, or not at all: what it means where that is known, with its last lines.
 *
 * @param again The command that goes on, as one types it.
 */
export function failedTool(command: CommandLine, { code, stdout, stderr }: ProgramResult, again: string): UserError {
  // Terraform draws a box around its errors.
  const text = (stderr === "" ? stdout : stderr).replace(/^[╷│╵] ?/gm, "");
  const detail = lastLines(text, LINES_SHOWN);
  const known = explainTerraform(text);
  if (known !== null) return new UserError({ ...known, detail });
  const ending = code === null ? "was killed" : `failed with exit code ${code}`;
  return new UserError({ message: `${renderCommandLine(command)} ${ending}`, detail, fix: `put right what it says, then go on: ${again}` });
}
