import { type Option, optionName } from "../command.js";
import type { NamedCommand } from "./parse-arguments.js";

/** A command or group as its parent's help lists it. */
export interface Listed {
  readonly name: string;
  readonly summary: string;
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
