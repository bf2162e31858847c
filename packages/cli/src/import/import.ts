import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import * as util from "node:util";
import { checkStack, type EnvInput, nameProblem, UserError } from "@groundplan/model";
import { json } from "../arguments/options.js";
import { UsageError } from "../arguments/usage-error.js";
import { type CommandInput, command, type ExitCode, text } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { textOf, writeFileAtomically } from "../output/write-files.js";
import {
  hostsToWrite,
  type ImportedComponent,
  type ImportedService,
  type ImportedStack,
  type ImportNote,
  type ImportProblem,
  laterPages,
  pagesOf,
  secretsOf,
  stackDefinition,
} from "./imported-stack.js";
import { parseCompose } from "./parse-compose.js";

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

const WIDTH = 140;

/** Names that a constant in the stack file cannot have. */
const TAKEN =
  /^(s|build|stack|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|arguments|eval)$/;

type Constants = ReadonlyMap<string, string>;

type Shown = string | number | boolean | Code | readonly Shown[] | { readonly [key: string]: Shown };

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

/**
 * A stack file as if written by hand.
 *
 * @param source The name of the Compose file, for the notes.
 */
export function renderStackFile(stack: ImportedStack, source: string): string {
  const handles = handlesOf(stack);
  const secrets = sharedSecrets(stack.components, [...handles.values()]);
  const general = stack.notes.filter(({ component }) => component === null);
  const blocks = stack.components.map((component) => {
    const own = stack.notes.filter((note) => note.component === component.name);
    return `${comments(own, source, 2)}${declaration(component, stack, handles, secrets)}`;
  });
  const pages = laterPages(stack).map(({ of, name, page }) => `  ${handles.get(of)}.env({ ${name}: ${handles.get(page)}.page });\n`);
  const hosts = hostsToWrite(stack).map(({ name, subnet, runs }) => {
    const value = { subnet, runs: runs.map((component) => new Code(handles.get(component) ?? quote(component))) };
    return call(`s.host(${quote(name)}, `, value);
  });
  return [
    `import { ${stack.components.some(isBuilt) ? "build, " : ""}stack } from "groundplan";\n\n`,
    `// From ${source}. What it could not carry over stands beside what it is about; remove the notes that are done.\n`,
    comments(general, source, 0),
    `export default stack(${quote(stack.name)}, (s) => {\n`,
    ...[...secrets].map(([name, constant]) => `  const ${constant} = s.secret(${quote(name)});\n`),
    secrets.size > 0 ? "\n" : "",
    blocks
      .map((block, index) => (index > 0 && (block.includes("//") || blocks[index - 1]?.includes("//")) ? `\n${block}` : block))
      .join(""),
    ...pages,
    hosts.length > 0 ? "\n" : "",
    ...hosts,
    "});\n",
  ].join("");
}

function isBuilt(component: ImportedComponent): boolean {
  return component.kind === "service" && typeof component.options.image === "object";
}

function declaration(component: ImportedComponent, stack: ImportedStack, handles: Constants, secrets: Constants): string {
  const { kind, name, options } = component;
  const constant = handles.get(name);
  const start = `${constant === undefined ? "" : `const ${constant} = `}s.${kind}(${quote(name)}`;
  const later = laterPages(stack).flatMap((page) => (page.of === name ? [page.name] : []));
  const shown =
    component.kind === "service" ? serviceShown(component.options, later, handles, secrets) : (options as Record<string, Shown>);
  return Object.keys(shown).length === 0 ? `  ${start});\n` : call(`${start}, `, shown);
}

function serviceShown(
  { image, uses, env, ...rest }: ImportedService,
  later: readonly string[],
  handles: Constants,
  secrets: Constants,
): Readonly<Record<string, Shown>> {
  const { local, port, public: open, ...more } = rest as Readonly<Record<string, Shown>>;
  const own = Object.fromEntries(Object.entries(env ?? {}).filter(([name]) => !later.includes(name)));
  const written = {
    image: typeof image === "string" ? image : new Code(`build(${quote(image.build)})`),
    local,
    port,
    public: open,
    uses: uses === undefined ? undefined : linksShown(uses, handles),
    env: Object.keys(own).length === 0 ? undefined : envShown(own, handles, secrets),
    ...more,
  };
  return Object.fromEntries(Object.entries(written).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function call(start: string, value: Shown): string {
  return `  ${start}${renderValue(value, 2, 2 + start.length, ");".length)});\n`;
}

function linksShown(uses: Readonly<Record<string, string>>, handles: Constants): Shown {
  return Object.fromEntries(Object.entries(uses).map(([alias, name]) => [alias, new Code(handles.get(name) ?? quote(name))]));
}

function envShown(env: Readonly<Record<string, EnvInput>>, handles: Constants, secrets: Constants): Shown {
  const shown = (value: EnvInput): Shown => {
    if (typeof value === "string") return value;
    if ("page" in value) return new Code(`${handles.get(value.page)}.page`);
    return new Code(secrets.get(value.secret) ?? `s.secret(${quote(value.secret)})`);
  };
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, shown(value)]));
}

/** The constant of each component that something else in the file names. */
function handlesOf(stack: ImportedStack): Constants {
  const named = new Set([
    ...stack.components.flatMap((component) => (component.kind === "service" ? Object.values(component.options.uses ?? {}) : [])),
    ...stack.components.flatMap((component) => pagesOf(component).map(([, page]) => page)),
    ...laterPages(stack).map(({ of }) => of),
    ...hostsToWrite(stack).flatMap(({ runs }) => runs),
  ]);
  return new Map(stack.components.filter(({ name }) => named.has(name)).map(({ name }) => [name, constantOf(name, [])]));
}

/** The constant of each secret that several services have: it is declared once. */
function sharedSecrets(components: readonly ImportedComponent[], taken: readonly string[]): Constants {
  const names = components.flatMap((component) => [...new Set(secretsOf(component))]);
  const shared = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return new Map([...shared].map((name) => [name, constantOf(name, taken)]));
}

function constantOf(name: string, taken: readonly string[]): string {
  const constant = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return TAKEN.test(constant) || taken.includes(constant) ? `${constant}_` : constant;
}

function comments(notes: readonly ImportNote[], source: string, indent: number): string {
  return notes.map(({ line, what, advice }) => comment(`${source}:${line} ${what}. ${capital(advice)}.`, indent)).join("");
}

function comment(text: string, indent: number): string {
  const start = `${" ".repeat(indent)}// `;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && start.length + last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines.map((line) => `${start}${line}\n`).join("");
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}

/** Source text that is written as it is, such as the name of a constant. */
class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A value in TypeScript as a formatter leaves it: in a line where there is room for it, else with a line for each part.
 *
 * @param before How many columns stand before it on its line.
 * @param after How many follow on its last line.
 */
function renderValue(value: Shown, indent: number, before: number, after: number): string {
  const flat = renderFlat(value);
  if (before + flat.length + after <= WIDTH || typeof value !== "object" || value instanceof Code) return flat;
  const inner = " ".repeat(indent + 2);
  const line = (key: string, item: Shown) => `${inner}${key}${renderValue(item, indent + 2, indent + 2 + key.length, 1)},\n`;
  if (Array.isArray(value)) return `[\n${value.map((item) => line("", item)).join("")}${" ".repeat(indent)}]`;
  const lines = Object.entries(value).map(([key, item]) =>
    isShorthand(key, item) ? `${inner}${key},\n` : line(`${keyText(key)}: `, item),
  );
  return `{\n${lines.join("")}${" ".repeat(indent)}}`;
}

function renderFlat(value: Shown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(renderFlat).join(", ")}]`;
  const parts = Object.entries(value).map(([key, item]) => (isShorthand(key, item) ? key : `${keyText(key)}: ${renderFlat(item)}`));
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function isShorthand(key: string, value: Shown): boolean {
  return value instanceof Code && value.text === key;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** In double quotes, unless single ones need fewer escapes. */
function quote(text: string): string {
  const double = JSON.stringify(text);
  const count = (letter: string) => text.split(letter).length - 1;
  if (count('"') <= count("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
