import { parseArgs } from "node:util";
import { nearest } from "groundplan/plan";

/** What keeps a command from doing its work and is no bug: its sentence is shown, without a stack. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  /** 1: it failed; 2: it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** The command was called wrongly: all that is wrong, a sentence a line. */
export class UsageError extends Failure {
  override readonly name = "UsageError";

  constructor(problems: readonly string[]) {
    super(2, problems.join("\n"));
  }
}

/** An option of a command: its name without the dashes, and what stands for its value in the help; `null`: a flag. */
export type OptionSpecs = Readonly<Record<string, string | null>>;

export interface Words {
  readonly positionals: readonly string[];
  /** Of the options that were given; "" for a flag. */
  readonly values: ReadonlyMap<string, string>;
  /** What is wrong, a sentence each; whoever reads the values adds to it. */
  readonly problems: string[];
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** What was typed, and a sentence for each option that is unknown, lacks its value or was given twice. `--help` is an option of every command. */
export function parseWords(words: readonly string[], ofCommand: OptionSpecs): Words {
  const specs: OptionSpecs = { ...ofCommand, help: null };
  const options = Object.entries(specs).map(([name, value]) => [name, { type: value === null ? "boolean" : "string" }] as const);
  const { tokens } = parseArgs({ args: [...words], options: Object.fromEntries(options), strict: false, tokens: true });
  const positionals: string[] = [];
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const wanted = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (wanted === undefined || !rawName.startsWith("--")) {
      const meant = nearest(name, Object.keys(specs));
      problems.push(`there is no option ${rawName}${meant === null ? "" : `; did you mean --${meant}?`}`);
    } else if (values.has(name)) problems.push(`--${name} is given twice; give it once`);
    else if (wanted === null && value !== undefined) problems.push(`--${name} takes no value ("${value}" was given)`);
    else if (wanted !== null && (value === undefined || value === "" || value.startsWith("--"))) {
      problems.push(`--${name} needs a value: --${name} ${wanted}`);
    } else values.set(name, value ?? "");
  }
  return { positionals, values, problems };
}

/** The same for a command that takes options only. */
export function parseOptions(words: readonly string[], specs: OptionSpecs): Pick<Words, "values" | "problems"> {
  const { positionals, values, problems } = parseWords(words, specs);
  return { values, problems: [...problems, ...positionals.map((word) => `"${word}" is one word too many`)] };
}

/**
 * A number written in digits alone. What is wrong with it is added to `problems`; the number is NaN then.
 *
 * @param name As people know it, for example "--rate".
 */
export function wholeNumber(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max?: number },
  problems: string[],
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER)) return value;
  const allowed = max === undefined ? `above ${min - 1}` : `from ${min} to ${max.toLocaleString("en")}`;
  problems.push(`${name} must be a whole number ${allowed}, found "${text}"`);
  return Number.NaN;
}

/** "500ms", "60s", "1.5m" in ms; `null`: not a duration in one of the units. Default: all of them */
export function parseDuration(text: string, units: readonly (keyof typeof UNITS_MS)[] = ["ms", "s", "m", "h"]): number | null {
  const [, count, word] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? [];
  const unit = units.find((candidate) => candidate === word);
  return count === undefined || unit === undefined ? null : Number(count) * UNITS_MS[unit];
}
