import { resolve } from "node:path";
import { shellWord } from "@groundplan/programs";
import { data, json, STACK } from "../arguments/options.js";
import { UsageError } from "../arguments/usage-error.js";
import { command, parsed, text } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { renderTable } from "../output/tables.js";
import { writeFileAtomically } from "../output/write-files.js";
import { checkStackFile } from "../stack-file/check-stack-file.js";
import { openPlan } from "../stack-file/open-plan.js";
import { givenStateFolder } from "../up/state-folder.js";

export const check = command({
  summary: "Find everything that is wrong with a stack file, with its place and a fix",
  arguments: [],
  options: { ...STACK, ...json("print {stack, valid, problems} on stdout") },
  examples: [
    { line: "check", says: "check the stack of this folder" },
    { line: "check --stack stacks/hello", says: "check another one" },
    { line: "check --json", says: "for other programs" },
  ],
  async run({ options, terminal, folder }) {
    const { file, definition, problems, summary } = await checkStackFile(folder, options.stack);
    const valid = problems.length === 0;
    if (options.json) terminal.out(JSON.stringify({ stack: definition?.name ?? null, valid, problems }, null, 2));
    else if (summary !== null) terminal.out(summary);
    else terminal.err(renderProblems(file, problems));
    return valid ? 0 : 1;
  },
});

export const env = command({
  summary: "Print the variables of a service of a running stack, as a shell reads them",
  arguments: [{ name: "service", summary: "the service, for example worker" }],
  options: { ...STACK, ...data("where the running stack keeps its data"), ...json("print {NAME: value}") },
  examples: [
    { line: "env worker", says: "what the worker gets on this machine" },
    { line: "env result --json", says: "for other programs" },
    { line: "env worker --data /srv/voting", says: "of a stack that was started with --data" },
  ],
  async run(input) {
    const opened = await openPlan(input);
    if (opened === null) return 1;
    // Loaded on demand: no other command of this file needs it.
    const { recallEnv } = await import("@groundplan/local");
    const [service = ""] = input.arguments;
    const variables = recallEnv({ plan: opened.plan, stateFolder: givenStateFolder(input, opened), service });
    input.terminal.out(input.options.json ? JSON.stringify(variables, null, 2) : renderShellEnv(variables));
    return 0;
  },
});

/** `NAME=value` lines for `.` of any POSIX shell. */
function renderShellEnv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value === "" ? "" : shellWord(value)}`)
    .join("\n");
}

export const rules = command({
  summary: "Print every network rule that follows from the stack, with its purpose",
  arguments: [],
  options: { ...STACK, ...json("print [{group, direction, port, protocol, source, purpose}]") },
  examples: [
    { line: "rules", says: "who may connect to whom, and why" },
    { line: "rules --json", says: "for other programs" },
  ],
  async run(input) {
    const opened = await openPlan(input);
    if (opened === null) return 1;

    // Named one by one: other programs rely on these keys, whatever else a rule may come to hold.
    const rows = opened.plan.rules.map(({ group, direction, port, protocol, source, purpose }) => ({
      group,
      direction,
      port,
      protocol,
      source,
      purpose,
    }));
    if (input.options.json) {
      input.terminal.out(JSON.stringify(rows, null, 2));
      return 0;
    }
    const cells = rows.map((rule) => [
      rule.group,
      rule.direction,
      String(rule.port),
      rule.protocol,
      "cidr" in rule.source ? rule.source.cidr : `group ${rule.source.group}`,
      rule.purpose,
    ]);
    input.terminal.out(renderTable(["group", "direction", "port", "protocol", "source", "purpose"], cells));
    return 0;
  },
});

const FORMATS = ["mermaid", "svg"] as const;

function graphFormat(written: string, shown: string): (typeof FORMATS)[number] {
  const format = FORMATS.find((known) => known === written);
  if (format === undefined) throw new UsageError(`${shown} is one of ${FORMATS.join(", ")}, not "${written}".`);
  return format;
}

export const graph = command({
  summary: "Draw the stack: services, links, hosts and subnets",
  arguments: [],
  options: {
    ...STACK,
    format: parsed("FORMAT", "mermaid or svg", graphFormat, "mermaid"),
    out: text("FILE", "write it to this file instead of stdout"),
    ...json("print {format, text}"),
  },
  examples: [
    { line: "graph", says: "Mermaid, for a README" },
    { line: "graph --format svg --out stack.svg", says: "a picture" },
  ],
  async run(input) {
    const { format, out, json: asJson } = input.options;
    const opened = await openPlan(input);
    if (opened === null) return 1;

    // Loaded on demand: no other command of this file needs it.
    const { renderMermaid, renderSvg } = await import("@groundplan/targets");
    const drawn = format === "svg" ? renderSvg(opened.plan) : renderMermaid(opened.plan);
    if (out !== null) {
      writeFileAtomically(resolve(input.folder, out), drawn);
      input.terminal.err(`wrote ${out}`);
    }
    if (asJson) input.terminal.out(JSON.stringify({ format, text: drawn }));
    else if (out === null) input.terminal.out(drawn.trimEnd());
    return 0;
  },
});
