import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import * as util from "node:util";
import { UserError } from "@groundplan/local";
import { checkStack, nameProblem } from "@groundplan/model";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { textOf, writeFileAtomically } from "../output/write-files.js";
import { type ImportNote, type ImportProblem, stackDefinition } from "./imported-stack.js";
import { parseCompose } from "./parse-compose.js";
import { renderStackFile } from "./render-stack-file.js";

/** Reads a Compose file and writes a stack file that was not there before. */
export function runImport({ arguments: given, terminal, folder }: CommandInput): ExitCode {
  const source = given.positional(0);
  const out = given.text("out") ?? "stack.ts";
  const name = given.text("name");
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
    if (given.flag("json"))
      terminal.out(JSON.stringify({ stack: null, out: null, components: [], notes: [], problems: imported.problems }, null, 2));
    terminal.err(renderImportProblems(source, imported.problems));
    return 1;
  }

  const shown = basename(source);
  writeFileAtomically(target, renderStackFile(imported, shown));
  const { plan, problems } = checkStack(stackDefinition(imported));
  const components = imported.components.map((component) => ({ name: component.name, kind: component.kind }));
  if (given.flag("json")) {
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
  if (!given.flag("json"))
    terminal.out(`stack ${imported.name} is valid: ${count(components.length, "component")}, ${count(links, "link")}`);
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
