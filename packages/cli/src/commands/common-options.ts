import type { OptionSpec } from "../command.js";

export const STACK_OPTION: OptionSpec = {
  name: "stack",
  value: "DIR",
  summary: "folder with the stack.ts, or the file itself (default stacks/voting if there is one, else this folder)",
};

export function jsonOption(summary: string): OptionSpec {
  return { name: "json", value: null, summary };
}

export function dataOption(summary: string): OptionSpec {
  return { name: "data", value: "DIR", summary: `${summary} (default .groundplan/NAME at the top of the repository)` };
}
