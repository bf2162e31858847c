import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { didYouMean, UsageError, unknownName } from "./arguments/usage-error.js";
import { type Command, type CommandInput, type ExitCode, type Option, optionName } from "./command.js";
import { ENTRIES, type Entry } from "./commands/index.js";
import type { Terminal } from "./output/terminal.js";

export interface Invocation {
  /** What follows `groundplan`. */
  readonly words: readonly string[];
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly terminal: Terminal;
}

/** A command or group as its parent's help lists it. */
interface Listed {
  readonly name: string;
  readonly summary: string;
}

/** A command, and the name that it goes by: "compose up". */
interface NamedCommand {
  readonly path: string;
  readonly command: Command;
}

interface Operand {
  readonly word: string;
  /** It follows an option that is not known: most likely that option's value. */
  readonly isValue: boolean;
}

type ParsedArguments = Pick<CommandInput<Readonly<Record<string, unknown>>>, "path" | "arguments" | "options" | "given">;

/** One run of the program, from its words to its exit code. Never throws. */
export async function runGroundplan({ words, folder, terminal }: Invocation): Promise<ExitCode> {
  // As far as the words are understood: what the hint at the help names.
  let understood = "";
  try {
    const [first, ...rest] = words;
    if (first === "--version") return show(terminal, version());
    if (first === undefined) return showUsage(terminal, renderOverview(ENTRIES));
    if (isHelp(first)) return show(terminal, renderOverview(ENTRIES));
    const entry = ENTRIES.find(({ name }) => name === first);
    if (entry === undefined) {
      const names = ENTRIES.map(({ name }) => name);
      throw unknownName(`there is no command "${first}"`, first, names, "commands");
    }
    understood = `${first} `;

    const commands = await namedCommands(entry);
    const isGroup = "commands" in entry;
    const at = isGroup
      ? firstOperand(
          rest,
          commands.map(({ command }) => command),
        )
      : -1;
    const chosen = isGroup ? commands.find(({ path }) => path === `${first} ${rest[at]}`) : commands[0];
    if (chosen === undefined) {
      if (rest.some(isHelp)) return show(terminal, renderGroup(entry, commands));
      if (at < 0 && rest.length === 0) return showUsage(terminal, renderGroup(entry, commands));
      const names = commands.map(({ path }) => path.slice(first.length + 1));
      const wanted = rest[at];
      if (wanted === undefined) throw new UsageError(`${first} needs a command: ${names.join(", ")}.`);
      throw unknownName(`${first} has no command "${wanted}"`, wanted, names, "commands");
    }
    understood = `${chosen.path} `;
    const own = rest.filter((_, index) => index !== at);
    if (own.some(isHelp)) return show(terminal, renderHelp(chosen));
    const parsed = parseArguments(chosen, own, commands);
    return await chosen.command.run({ ...parsed, terminal, folder });
  } catch (error) {
    return report(error, understood, terminal);
  }
}

/** The commands that a name stands for: one, or those of a group. */
export async function namedCommands(entry: Entry): Promise<readonly NamedCommand[]> {
  if ("load" in entry) return [{ path: entry.name, command: await entry.load() }];
  return Promise.all(entry.commands.map(async ({ name, load }) => ({ path: `${entry.name} ${name}`, command: await load() })));
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function show(terminal: Terminal, text: string): ExitCode {
  terminal.out(text.trimEnd());
  return 0;
}

/** Nothing was asked for: the help is the answer to a mistake. */
function showUsage(terminal: Terminal, text: string): ExitCode {
  terminal.err(text.trimEnd());
  return 2;
}

function report(error: unknown, understood: string, terminal: Terminal): ExitCode {
  if (error instanceof UsageError) {
    terminal.err([...error.sentences.map((sentence) => `groundplan: ${sentence}`), `See: groundplan ${understood}--help`].join("\n"));
    return 2;
  }
  // By name: a stack file may bring a copy of groundplan of its own.
  if (error instanceof Error && error.name === "UserError") {
    terminal.err(`groundplan: ${error.message}`);
    return 1;
  }
  if (isRefusedByFileSystem(error)) {
    terminal.err(`groundplan: ${error.message}`);
    return 1;
  }
  terminal.err(
    `groundplan failed, and this is a bug. Please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}`,
  );
  return 1;
}

/** A file or folder that was named on the command line cannot be used: the system's own sentence says which and why. */
function isRefusedByFileSystem(error: unknown): error is Error {
  const codes = ["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EISDIR", "EEXIST"];
  return error instanceof Error && "code" in error && "path" in error && codes.includes(String(error.code));
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}

/** The text of `groundplan --help`. */
export function renderOverview(commands: readonly Listed[]): string {
  return page([
    ["groundplan runs a stack that one typed file describes: on this machine, in Docker, on AWS."],
    ["Usage: groundplan <command> [options]"],
    ["Commands:", ...columns(commands.map(({ name, summary }) => [name, summary]))],
    [
      "Options:",
      ...columns([
        ["--help, -h", "show this help, or a command's: groundplan up --help"],
        ["--version", "show the version"],
      ]),
    ],
    [
      "Examples:",
      ...columns([
        ["groundplan up", "run the stack in stacks/voting, or else in this folder"],
        ["groundplan check --stack stacks/hello", "find what is wrong with a stack"],
        ["groundplan compose up --help", "all that one command can do"],
      ]),
    ],
    ["Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage."],
  ]);
}

/** The text of `groundplan <group> --help`: its commands, and an example of each. */
export function renderGroup({ name, summary }: Listed, commands: readonly NamedCommand[]): string {
  return page([
    [`${summary}.`],
    [`Usage: groundplan ${name} <command> [options]`],
    ["Commands:", ...columns(commands.map(({ path, command }) => [path.slice(name.length + 1), command.summary]))],
    ["Options:", ...columns([["--help, -h", `show this help, or a command's: groundplan ${commands[0]?.path} --help`]])],
    [
      "Examples:",
      ...columns(commands.flatMap(({ command }) => command.examples.slice(0, 1)).map(({ line, says }) => [`groundplan ${line}`, says])),
    ],
  ]);
}

/** The text of `groundplan <command> --help`. */
export function renderHelp({ path, command }: NamedCommand): string {
  const titles = command.arguments.map(({ name, optional }) => (optional === true ? `[${name}]` : `<${name}>`));
  return page([
    [`${command.summary}.`],
    [["Usage: groundplan", path, ...titles, "[options]"].join(" ")],
    titles.length === 0 ? [] : ["Arguments:", ...columns(command.arguments.map(({ summary }, index) => [titles[index] ?? "", summary]))],
    [
      "Options:",
      ...columns([
        ...Object.entries(command.options).map(([key, option]): [string, string] => [optionTitle(key, option), optionText(option)]),
        ["--help, -h", "show this help"],
      ]),
    ],
    ["Examples:", ...columns(command.examples.map(({ line, says }) => [`groundplan ${line}`, says]))],
  ]);
}

function optionTitle(key: string, { value }: Option<unknown>): string {
  return `${optionName(key)}${value === null ? "" : ` ${value}`}`;
}

function optionText(option: Option<unknown>): string {
  const several = option.several === true ? "; repeatable" : "";
  return `${option.summary}${several}${option.default === undefined ? "" : ` (default ${option.default})`}`;
}

function page(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${filled.join("\n\n")}\n`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/**
 * Reads the words that follow a command's name.
 *
 * @param siblings Commands of the same group: an option of theirs is known, though not here.
 * @throws UsageError with everything that is wrong.
 */
export function parseArguments(
  { path, command }: NamedCommand,
  words: readonly string[],
  siblings: readonly NamedCommand[] = [],
): ParsedArguments {
  const declared = Object.entries(command.options).map(([key, option]) => ({ key, shown: optionName(key), option }));
  const sentences: string[] = [];
  const texts = new Map<string, string[]>();
  const operands: Operand[] = [];
  let unknownAt = Number.NaN;
  for (const token of tokensOf(words, [command])) {
    if (token.kind === "positional") operands.push({ word: token.value, isValue: token.index === unknownAt + 1 });
    if (token.kind !== "option") continue;
    const known = declared.find(({ shown }) => shown === token.rawName);
    if (known === undefined) {
      if (token.inlineValue !== true) unknownAt = token.index;
      sentences.push(
        unknownOption(
          path,
          token.rawName,
          declared.map(({ shown }) => shown),
          siblings,
        ),
      );
      continue;
    }
    const { key, shown, option } = known;
    const mistake = valueMistake(option.value, shown, token.value);
    if (mistake !== null) {
      sentences.push(mistake);
      continue;
    }
    const value = token.value ?? "";
    const before = texts.get(key) ?? [];
    if (before.length > 0 && option.several !== true && option.value !== null)
      sentences.push(`${shown} is given twice ("${before[0]}" and "${value}"); give it once.`);
    texts.set(key, [...before, value]);
  }
  sentences.push(...argumentMistakes({ path, command }, operands));
  const read = declared.map(({ key, shown, option }) => {
    try {
      return [key, option.read(texts.get(key) ?? [], shown)] as const;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sentences.push(...error.sentences);
      return [key, null] as const;
    }
  });
  if (sentences.length > 0) throw new UsageError([...new Set(sentences)]);
  const given = declared.flatMap(({ key, shown }): [string, readonly string[]][] => {
    const own = texts.get(key);
    return own === undefined ? [] : [[shown, own]];
  });
  return { path, arguments: operands.map(({ word }) => word), options: Object.fromEntries(read), given: new Map(given) };
}

/** Position of the first word that is no option and no option's value: in a group, the name of a command. -1: none */
function firstOperand(words: readonly string[], commands: readonly Command[]): number {
  return tokensOf(words, commands).find(({ kind }) => kind === "positional")?.index ?? -1;
}

function tokensOf(words: readonly string[], commands: readonly Command[]) {
  const options = commands.flatMap((command) => Object.entries(command.options));
  const kinds = options.map(([key, { value }]) => [optionName(key).slice(2), { type: value === null ? "boolean" : "string" }] as const);
  return parseArgs({ args: [...words], options: Object.fromEntries(kinds), strict: false, allowPositionals: true, tokens: true }).tokens;
}

function unknownOption(path: string, written: string, known: readonly string[], siblings: readonly NamedCommand[]): string {
  const owners = siblings.filter(({ command }) => Object.keys(command.options).some((key) => optionName(key) === written));
  if (owners.length > 0) return `${written} is not for ${path}, but for ${owners.map((owner) => owner.path).join(", ")}.`;
  const names = known.map((shown) => shown.slice(2));
  return `${path} has no option ${written}.${didYouMean(written.replace(/^-+/, ""), names, (meant) => `--${meant}`)}`;
}

function valueMistake(expected: string | null, shown: string, value: string | undefined): string | null {
  if (expected === null) return value === undefined ? null : `${shown} takes no value ("${value}" was given).`;
  return value === undefined || value === "" || value.startsWith("--") ? `${shown} needs a value: ${shown} ${expected}` : null;
}

function argumentMistakes({ path, command }: NamedCommand, given: readonly Operand[]): readonly string[] {
  const missing = command.arguments.slice(given.length).filter(({ optional }) => optional !== true);
  const surplus = given.slice(command.arguments.length);
  return [
    ...missing.map(({ name, summary }) => `${path} needs <${name}>: ${summary}.`),
    ...surplus.filter(({ isValue }) => !isValue).map(({ word }) => `${path} does not take an argument "${word}".`),
  ];
}
