import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plan, Problem, StackDefinition } from "@groundplan/model";
import { shellWord } from "@groundplan/model";
import { TARGETS } from "@groundplan/targets";
import { data, json, STACK } from "../arguments/options.js";
import { UsageError, unknownName } from "../arguments/usage-error.js";
import { command, flag, parsed, text } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { renderTable } from "../output/tables.js";
import { describeWritten, placeOf, writeTarget } from "../output/target-files.js";
import { differences, writeFileAtomically } from "../output/write-files.js";
import { secretDifferences } from "../secret-files/secret-files.js";
import { findStackFile } from "../stack-file/find-stack-file.js";
import { loadStack } from "../stack-file/load-stack.js";
import { openPlan } from "../stack-file/open-plan.js";
import { type SourceMessage, typeProblem } from "../stack-file/problem-of-error.js";
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

interface CheckedStackFile {
  readonly file: string;
  readonly definition: StackDefinition | null;
  readonly problems: readonly Problem[];
  /** One line about a valid stack; `null`: it has problems. */
  readonly summary: string | null;
}

/** The strictness that a stack is checked with, wherever it lies; a tsconfig.json of its repository may well be about something else. */
const OPTIONS = [
  "--noEmit",
  "--ignoreConfig",
  "--pretty",
  "false",
  "--target",
  "es2023",
  "--module",
  "nodenext",
  "--strict",
  "--skipLibCheck",
];

const NAMES = TARGETS.map(({ name }) => name);

export const synth = command({
  summary: "Write the files of a target: plain files that run without groundplan",
  arguments: [{ name: "target", summary: `one of ${NAMES.join(", ")}` }],
  options: {
    ...STACK,
    out: text("DIR", "folder to write to; required"),
    check: flag("write nothing; fail if the files in DIR aren't the stack's"),
    ...json("print {target, out, files, secretFiles, notes} or, with --check, {target, out, differences}"),
  },
  examples: [
    { line: "synth compose --out out/compose", says: "a Compose file, and what belongs to it" },
    { line: "synth graph --out out/graph --check", says: "in CI: are the diagrams up to date?" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const [name = ""] = input.arguments;
    const target = TARGETS.find((candidate) => candidate.name === name);
    const mistakes = target === undefined ? [unknownName(`there is no target "${name}"`, name, NAMES, "targets")] : [];
    const { out } = options;
    if (out === null) mistakes.push(new UsageError(`synth needs a folder to write to: groundplan synth ${name} --out DIR`));
    if (target === undefined || out === null) throw new UsageError(mistakes.flatMap(({ sentences }) => sentences));

    const opened = await openPlan(input);
    if (opened === null) return 1;
    const folder = resolve(input.folder, out);

    if (options.check) {
      const { files, secretFiles } = target.render(opened.plan, placeOf(folder, opened.folder));
      const found = [...differences(folder, files), ...secretDifferences(folder, secretFiles)];
      const count = files.length + secretFiles.length;
      if (options.json) terminal.out(JSON.stringify({ target: name, out, differences: found }, null, 2));
      else if (found.length === 0) terminal.out(`${out} is up to date (${count} files)`);
      for (const difference of found) terminal.err(`${join(out, difference)}`);
      if (found.length > 0) terminal.err(`next: groundplan synth ${name} --out ${out}`);
      return found.length === 0 ? 0 : 1;
    }

    const written = writeTarget(target, opened, folder);
    const { files, secretFiles, notes } = written;
    if (options.json) {
      const paths = (list: readonly { readonly path: string }[]) => list.map((file) => file.path);
      terminal.out(JSON.stringify({ target: name, out, files: paths(files), secretFiles: paths(secretFiles), notes }, null, 2));
    } else for (const line of describeWritten(written, out)) terminal.out(line);
    for (const note of notes) terminal.err(`note: ${note}`);
    const next = target.next(out);
    if (next !== null) terminal.err(`next: ${next}`);
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

/** All that can be said about a stack file without running the stack: its types and what the model finds. */
export async function checkStackFile(folder: string, given: string | null): Promise<CheckedStackFile> {
  const found = findStackFile(folder, given);
  if (found.problem !== null) return { file: found.file, definition: null, problems: [found.problem], summary: null };

  const [typeProblems, loaded] = await Promise.all([checkTypes(found.file), loadStack(found.file)]);
  // What keeps the file from being read at all, the compiler says as well, and better.
  const isSaidTwice = (problem: Problem) => problem.code === "STACK_FILE_TYPE_ERROR" && typeProblems.length > 0;
  const problems = [...typeProblems, ...loaded.problems.filter((problem) => !isSaidTwice(problem))];
  const summary = problems.length === 0 && loaded.plan !== null ? summaryOf(loaded.plan) : null;
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

/** Has TypeScript check a stack file and what it imports. Runs its `tsc`: TypeScript 7 is a native program. */
async function checkTypes(file: string): Promise<readonly Problem[]> {
  const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const args = [compiler, ...OPTIONS, "--allowImportingTsExtensions", ...nodeTypes(file), ...ownConditions(), file];
  const { code, output } = await run(process.execPath, args, dirname(file));
  const messages = parseMessages(output, dirname(file));
  if (code !== 0 && messages.length === 0) throw new Error(`tsc failed with exit code ${code}:\n${output}`);
  return messages.map((message) => typeProblem(message, file));
}

/**
 * The messages of `tsc --pretty false`: `stack.ts(2,7): error TS2322: ...`, with more of a message on indented lines.
 */
export function parseMessages(output: string, folder: string): readonly SourceMessage[] {
  const messages: SourceMessage[] = [];
  for (const text of output.split(/\r?\n/)) {
    const found = /^(.+?)\((\d+),(\d+)\): error (TS\d+: .+)$/.exec(text);
    const last = messages.at(-1);
    if (found !== null) {
      const [, path = "", line = "1", column = "1", message = ""] = found;
      messages.push({ path: resolve(folder, path), line: Number(line), column: Number(column), message });
    } else if (last !== undefined && /^\s+\S/.test(text)) {
      messages[messages.length - 1] = { ...last, message: `${last.message}\n${text.slice(2)}` };
    }
  }
  return messages;
}

/** A stack may use Node's own modules where their types are installed. */
function nodeTypes(file: string): string[] {
  try {
    createRequire(file).resolve("@types/node/package.json");
    return ["--types", "node"];
  } catch {
    return [];
  }
}

/** What this process was told about where packages have their code holds for the compiler as well. */
function ownConditions(): string[] {
  const conditions = process.execArgv.flatMap((word) => /^(?:--conditions|-C)=(.+)$/.exec(word)?.[1] ?? []);
  return conditions.length === 0 ? [] : ["--customConditions", conditions.join(",")];
}

function run(program: string, args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = execFile(program, args, { cwd, maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === "string") fail(error);
      else done({ code: child.exitCode, output: stdout + stderr });
    });
  });
}
