import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

export const check: Command = {
  name: "check",
  summary: "Says what is wrong with a stack file: all of it, with the place and a fix",
  positionals: [],
  options: [STACK_OPTION, jsonOption("print {stack, valid, problems} on stdout")],
  examples: [
    { line: "check", says: "check the stack of this folder" },
    { line: "check --stack stacks/hello", says: "check another one" },
    { line: "check --json", says: "for other programs" },
  ],
  async run({ arguments: given, terminal, folder }) {
    const { checkStackFile } = await import("../stack-file/check-stack-file.js");
    const { renderProblems } = await import("../output/render-problems.js");
    const { file, definition, problems, summary } = await checkStackFile(folder, given.text("stack"));
    const valid = problems.length === 0;
    if (given.flag("json")) terminal.out(JSON.stringify({ stack: definition?.name ?? null, valid, problems }, null, 2));
    else if (summary !== null) terminal.out(summary);
    else terminal.err(renderProblems(file, problems));
    return valid ? 0 : 1;
  },
};
