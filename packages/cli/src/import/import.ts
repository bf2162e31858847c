import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import * as util from "node:util";
import { checkStack, nameProblem, UserError } from "@groundplan/model";
import { json } from "../arguments/options.js";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { command, text } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { textOf, writeFileAtomically } from "../output/write-files.js";
import { type ImportNote, type ImportProblem, stackDefinition } from "./imported-stack.js";
import { parseCompose } from "./parse-compose.js";
import { renderStackFile } from "./render-stack-file.js";
export interface ImportOptions {
  readonly out: string;
  readonly name: string | null;
  readonly json: boolean;
}

export const importCompose = command({
  summary: "Turn a Compose file into a stack file, and say what it couldn't carry over",
  arguments: [{ name: "file", summary: "the Compose file, for example compose.yaml" }],
  options: {
    out: text("FILE", "the stack file to write; it must not exist yet", "stack.ts"),
    name: text("NAME", "the stack's name (default: the Compose file's, or its folder's, made to fit)"),
    ...json("print {stack, out, components, notes: [{line, at, what, advice}], problems}"),
  },
  examples: [
    { line: "import compose.yaml", says: "write stack.ts here; .env and env_file are read too" },
    { line: "import ../shop/docker-compose.yml --out stacks/shop/stack.ts", says: "write it somewhere else" },
  ],
  run: runImport,
});

/** Reads a Compose file and writes a stack file that was not there before. */
export function runImport({ arguments: [source = ""], options, terminal, folder }: CommandInput<ImportOptions>): ExitCode {
  const { out, name } = options;
  const wrongName = name === null ? null : nameProblem(name);
  if (wrongName !== null)
    throw new UsageError(`--name ${name}: ${wrongName.message}. Allowed: ${wrongName.allowed}. Fix: ${wrongName.fix}.`);
  if (!/\.[cm]?ts$/.test(out)) throw new UsageError(`--out ${out} is no TypeScript file, for example --out stack.ts`);
  const target = resolve(folder, out);
  if (existsSync(target)) throw new UserError({ message: `${out} exists; nothing was written`, fix: "name another file with --out" });

  const file = resolve(folder, source);
  const home = dirname(file);
  const imported = parseCompose(readSource(file, source), {
    name,
    folderName: basename(home),
    place: relative(dirname(target), home).split(sep).join("/") || ".",
    env: { ...readVariables(resolve(home, ".env")), ...process.env },
    envFile: (path) => readVariables(resolve(home, path)),
  });
  if ("problems" in imported) {
    if (options.json)
      terminal.out(JSON.stringify({ stack: null, out: null, components: [], notes: [], problems: imported.problems }, null, 2));
    terminal.err(renderImportProblems(source, imported.problems));
    return 1;
  }

  const shown = basename(source);
  writeFileAtomically(target, renderStackFile(imported, shown));
  const { plan, problems } = checkStack(stackDefinition(imported));
  const components = imported.components.map((component) => ({ name: component.name, kind: component.kind }));
  if (options.json) {
    terminal.out(JSON.stringify({ stack: imported.name, out, components, notes: imported.notes, problems }, null, 2));
  } else {
    terminal.out(`wrote ${out}`);
    for (const note of imported.notes) terminal.err(renderNote(shown, note));
  }
  if (plan === null) {
    terminal.err(renderProblems(out, problems));
    return 1;
  }
  const links = plan.links.length;
  if (!options.json) terminal.out(`stack ${imported.name} is valid: ${count(components.length, "component")}, ${count(links, "link")}`);
  terminal.err(`next: read the notes in ${out}, then groundplan check --stack ${out}`);
  return 0;
}

function readSource(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT")
      throw new UserError({ message: `there is no file ${shown}`, fix: "name the Compose file, for example compose.yaml" });
    if (code === "EISDIR") throw new UserError({ message: `${shown} is a folder`, fix: "name the Compose file in it" });
    throw error;
  }
}

/** Lines NAME=value of a file; `null`: there is no such file. */
function readVariables(path: string): Readonly<Record<string, string | undefined>> | null {
  const text = textOf(path);
  if (text === null) return null;
  if (util.parseEnv === undefined) throw new UserError({ message: `${path} cannot be read by this Node`, fix: "take Node 20.12 or newer" });
  return util.parseEnv(text);
}

function renderImportProblems(source: string, problems: readonly ImportProblem[]): string {
  const lines = problems.flatMap(({ line, column, at, message, fix }) => {
    const place = [source, line, column].filter((part) => part !== null).join(":");
    return [`  ${place}   ${at}`.trimEnd(), `    ${message}`, `    fix: ${fix}`];
  });
  return [`${source} has ${count(problems.length, "problem")}; nothing was written`, ...lines].join("\n");
}

function renderNote(source: string, { line, at, what, advice }: ImportNote): string {
  return `note: ${source}:${line} ${at}: ${what}; ${advice}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
