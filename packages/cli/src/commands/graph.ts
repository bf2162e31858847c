import { resolve } from "node:path";
import { UsageError } from "../arguments/usage-error.js";
import type { Command } from "../command.js";
import { jsonOption, STACK_OPTION } from "./common-options.js";

const FORMATS = ["mermaid", "svg"] as const;

export const graph: Command = {
  name: "graph",
  summary: "Draws the stack: services, links, hosts and subnets",
  positionals: [],
  options: [
    STACK_OPTION,
    { name: "format", value: "FORMAT", default: "mermaid", summary: "mermaid or svg" },
    { name: "out", value: "FILE", summary: "write it to a file instead of stdout" },
    jsonOption("print {format, text}"),
  ],
  examples: [
    { line: "graph", says: "Mermaid, for a README" },
    { line: "graph --format svg --out stack.svg", says: "a picture" },
  ],
  async run(input) {
    const format = FORMATS.find((known) => known === input.arguments.text("format"));
    if (format === undefined) throw new UsageError(`--format is one of ${FORMATS.join(", ")}, not "${input.arguments.text("format")}".`);
    const [{ openPlan }, targets] = await Promise.all([import("../stack-file/open-plan.js"), import("@groundplan/targets")]);
    const opened = await openPlan(input);
    if (opened === null) return 1;

    const text = format === "svg" ? targets.renderSvg(opened.plan) : targets.renderMermaid(opened.plan);
    const out = input.arguments.text("out");
    if (out !== null) {
      const { writeFileAtomically } = await import("../output/write-files.js");
      writeFileAtomically(resolve(input.folder, out), text);
      input.terminal.err(`wrote ${out}`);
    }
    if (input.arguments.flag("json")) input.terminal.out(JSON.stringify({ format, text }));
    else if (out === null) input.terminal.out(text.trimEnd());
    return 0;
  },
};
