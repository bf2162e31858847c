import type { Command } from "../command.js";
import { dataOption, jsonOption, STACK_OPTION } from "./common-options.js";

export const env: Command = {
  name: "env",
  summary: "Prints the variables of a service of a running stack, as a shell reads them",
  positionals: [{ name: "service", summary: "whose variables, for example worker" }],
  options: [STACK_OPTION, dataOption("where the running stack keeps its data"), jsonOption("print {NAME: value}")],
  examples: [
    { line: "env worker", says: "what the worker gets on this machine" },
    { line: "env result --json", says: "for other programs" },
    { line: "env worker --data /srv/voting", says: "of a stack that was started with --data" },
  ],
  async run(input) {
    const [{ openPlan }, { recallEnv }, { renderShellEnv }, { givenStateFolder }] = await Promise.all([
      import("../stack-file/open-plan.js"),
      import("@groundplan/local"),
      import("../output/render-shell-env.js"),
      import("../up/state-folder.js"),
    ]);
    const opened = await openPlan(input);
    if (opened === null) return 1;
    const stateFolder = givenStateFolder(input, opened);
    const variables = recallEnv({ plan: opened.plan, stateFolder, service: input.arguments.positional(0) });
    input.terminal.out(input.arguments.flag("json") ? JSON.stringify(variables, null, 2) : renderShellEnv(variables));
    return 0;
  },
};
