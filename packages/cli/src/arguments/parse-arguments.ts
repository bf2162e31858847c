import { parseArgs } from "node:util";
import { nearest } from "@groundplan/model";
import type { Command, OptionSpec } from "../command.js";
import type { Arguments } from "./arguments.js";
import { UsageError } from "./usage-error.js";

/** @throws UsageError that names what is unknown, and what was probably meant. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(command.options.map((option) => [option.name, { type: option.value === null ? "boolean" : "string" }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = knownOption(command, token.rawName, token.name);
    const value = checkedValue(option, token.value);
    const before = given.get(option.name) ?? [];
    if (before.length > 0 && option.several !== true && option.value !== null) {
      throw new UsageError(`--${option.name} is given twice ("${before[0]}" and "${value}"); give it once.`);
    }
    given.set(option.name, [...before, value]);
  }
  checkPositionals(command, positionals);

  return {
    positional: (index) => positionals[index] ?? "",
    flag: (option) => given.has(option),
    text: (option) => given.get(option)?.[0] ?? command.options.find((known) => known.name === option)?.default ?? null,
    list: (option) => given.get(option) ?? [],
  };
}

function knownOption(command: Command, written: string, name: string): OptionSpec {
  const known = command.options.find((option) => option.name === name);
  if (known !== undefined && written.startsWith("--")) return known;
  const meant = nearest(
    name,
    command.options.map((option) => option.name),
  );
  const guess = meant === null ? "" : ` Did you mean --${meant}?`;
  throw new UsageError(`groundplan ${command.name} has no option ${written}.${guess}`);
}

function checkedValue(option: OptionSpec, value: string | undefined): string {
  if (option.value === null) {
    if (value !== undefined) throw new UsageError(`--${option.name} takes no value ("${value}" was given).`);
    return "";
  }
  if (value === undefined || value === "" || value.startsWith("--")) {
    throw new UsageError(`--${option.name} needs a value: --${option.name} ${option.value}`);
  }
  return value;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const missing = command.positionals[given.length];
  if (missing !== undefined && missing.optional !== true)
    throw new UsageError(`groundplan ${command.name} needs <${missing.name}>: ${missing.summary}.`);
  const surplus = given[command.positionals.length];
  if (surplus !== undefined) throw new UsageError(`groundplan ${command.name} does not know what to do with "${surplus}".`);
}
