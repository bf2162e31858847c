import type { Command, OptionSpec, PositionalSpec } from "../command.js";

/** The text of `groundplan --help`. */
export function renderOverview(commands: readonly Command[]): string {
  return [
    "groundplan runs a stack that is described once, in a typed file: on this machine, in Docker, on AWS.",
    "",
    "Usage: groundplan <command> [options]",
    "",
    "Commands:",
    ...columns(commands.map((command) => [`${command.name}${positionals(command)}`, command.summary])),
    "",
    "Options:",
    ...columns([
      ["--help, -h", "this text, or a command's: groundplan up --help"],
      ["--version", "the version"],
    ]),
    "",
    "Examples:",
    ...columns([
      ["groundplan up", "run the stack in stacks/voting, or in this folder"],
      ["groundplan check --stack stacks/hello", "find what is wrong with a stack"],
    ]),
    "",
    "Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.",
    "",
  ].join("\n");
}

/** The text of `groundplan <command> --help`. */
export function renderUsage(command: Command): string {
  return [
    `${command.summary}.`,
    "",
    `Usage: groundplan ${command.name}${positionals(command)} [options]`,
    "",
    ...(command.positionals.length === 0
      ? []
      : ["Arguments:", ...columns(command.positionals.map((positional) => [positionalTitle(positional), positional.summary])), ""]),
    "Options:",
    ...columns([
      ...command.options.map((option): [string, string] => [optionTitle(option), optionText(option)]),
      ["--help, -h", "this text"],
    ]),
    "",
    "Examples:",
    ...columns(command.examples.map((example) => [`groundplan ${example.line}`, example.says])),
    "",
  ].join("\n");
}

function positionals(command: Command): string {
  return command.positionals.map((positional) => ` ${positionalTitle(positional)}`).join("");
}

function positionalTitle({ name, optional }: PositionalSpec): string {
  return optional === true ? `[${name}]` : `<${name}>`;
}

function optionTitle(option: OptionSpec): string {
  return `--${option.name}${option.value === null ? "" : ` ${option.value}`}`;
}

function optionText(option: OptionSpec): string {
  const several = option.several === true ? "; may be given several times" : "";
  return `${option.summary}${several}${option.default === undefined ? "" : ` (default ${option.default})`}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
