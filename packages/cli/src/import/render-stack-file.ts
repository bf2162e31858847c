import type { EnvInput } from "@groundplan/model";
import { type ImportedComponent, type ImportedStack, type ImportNote, secretsOf } from "./imported-stack.js";
import { Code, quote, renderValue, type Shown } from "./render-value.js";

const WIDTH = 140;

/** Names that a constant in the stack file cannot have. */
const TAKEN =
  /^(s|stack|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|arguments|eval)$/;

/**
 * A stack file as if written by hand.
 *
 * @param source The name of the Compose file, for the notes.
 */
export function renderStackFile(stack: ImportedStack, source: string): string {
  const handles = handlesOf(stack.components);
  const secrets = sharedSecrets(stack.components, [...handles.values()]);
  const general = stack.notes.filter(({ component }) => component === null);
  const blocks = stack.components.map((component) => {
    const own = stack.notes.filter((note) => note.component === component.name);
    return `${comments(own, source, 2)}${declaration(component, handles, secrets)}`;
  });
  const hosts = stack.hosts.map(({ name, subnet, runs }) => {
    const value = { subnet, runs: runs.map((component) => new Code(handles.get(component) ?? quote(component))) };
    return call(`s.host(${quote(name)}, `, value);
  });
  return [
    `import { stack } from "groundplan";\n\n`,
    `// From ${source}. What it could not carry over stands beside what it is about; remove the notes that are done.\n`,
    comments(general, source, 0),
    `export default stack(${quote(stack.name)}, (s) => {\n`,
    ...[...secrets].map(([name, constant]) => `  const ${constant} = s.secret(${quote(name)});\n`),
    secrets.size > 0 ? "\n" : "",
    blocks
      .map((block, index) => (index > 0 && (block.includes("//") || blocks[index - 1]?.includes("//")) ? `\n${block}` : block))
      .join(""),
    "\n",
    ...hosts,
    "});\n",
  ].join("");
}

type Constants = ReadonlyMap<string, string>;

function declaration({ kind, name, options }: ImportedComponent, handles: Constants, secrets: Constants): string {
  const start = `const ${handles.get(name)} = s.${kind}(${quote(name)}`;
  if (Object.keys(options).length === 0) return `  ${start});\n`;
  const entries = Object.entries(options).map(([key, value]): [string, Shown] => {
    if (key === "uses") return [key, linksShown(value as Readonly<Record<string, string>>, handles)];
    return [key, key === "env" ? envShown(value as Readonly<Record<string, EnvInput>>, secrets) : (value as Shown)];
  });
  return call(`${start}, `, Object.fromEntries(entries));
}

function call(start: string, value: Shown): string {
  return `  ${start}${renderValue(value, 2, 2 + start.length, ");".length)});\n`;
}

function linksShown(uses: Readonly<Record<string, string>>, handles: Constants): Shown {
  return Object.fromEntries(Object.entries(uses).map(([alias, name]) => [alias, new Code(handles.get(name) ?? quote(name))]));
}

function envShown(env: Readonly<Record<string, EnvInput>>, secrets: Constants): Shown {
  const shown = (value: EnvInput): Shown => {
    if (typeof value === "string") return value;
    if ("page" in value) return new Code(`s.pageOf(${quote(value.page)})`);
    return new Code(secrets.get(value.secret) ?? `s.secret(${quote(value.secret)})`);
  };
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, shown(value)]));
}

/** The constant of each component. */
function handlesOf(components: readonly ImportedComponent[]): Constants {
  return new Map(components.map(({ name }) => [name, constantOf(name, [])]));
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
