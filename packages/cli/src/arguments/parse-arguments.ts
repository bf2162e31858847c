import { parseArgs } from "node:util";
import { type Command, type CommandInput, optionName } from "../command.js";
import { didYouMean, UsageError } from "./usage-error.js";

/** A command, and the name that it goes by: "compose up". */
export interface NamedCommand {
  readonly path: string;
  readonly command: Command;
}

interface Operand {
  readonly word: string;
  /** It follows an option that is not known: most likely that option's value. */
  readonly isValue: boolean;
}

export type ParsedArguments = Pick<CommandInput<Readonly<Record<string, unknown>>>, "path" | "arguments" | "options" | "given">;

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
export function firstOperand(words: readonly string[], commands: readonly Command[]): number {
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
