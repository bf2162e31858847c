import type { Terminal } from "./output/terminal.js";

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** One thing that groundplan does: which words it takes, what its help says of them, and how it runs. */
export interface Command<Declared extends Options = Options> {
  /** What it does, one line in the imperative, without a full stop. */
  readonly summary: string;
  /** Words without dashes, in their order. */
  readonly arguments: readonly Argument[];
  /** By the name that the code uses: `noBuild` is `--no-build` on the command line. */
  readonly options: Declared;
  readonly examples: readonly Example[];
  run(input: CommandInput<ValuesOf<Declared>>): ExitCode | Promise<ExitCode>;
}

/** What a command gets: the words of the command line, read as it declares them. */
export interface CommandInput<Values = object> {
  /** Its own name, for example "compose up". */
  readonly path: string;
  /** In their order; one that was left out is missing at the end. */
  readonly arguments: readonly string[];
  readonly options: Values;
  /** The options that were typed, in the order of their declaration, with their texts: to type the command once more. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly terminal: Terminal;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

export interface Argument {
  readonly name: string;
  readonly summary: string;
  /** May be left out; only the last ones are. Default: false */
  readonly optional?: boolean;
}

export interface Example {
  /** What follows `groundplan`. */
  readonly line: string;
  readonly says: string;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never;
};

/** An option, and how the texts that were typed for it are read. */
export interface Option<Value> {
  /** What stands for its value in the help, for example "DIR". `null`: a flag without a value. */
  readonly value: string | null;
  readonly summary: string;
  /** May be given several times. Default: false */
  readonly several?: boolean;
  /** Shown as part of the summary. */
  readonly default?: string;
  /**
   * @param texts None when it was not typed; an empty one for a flag.
   * @param shown The option as it is typed, for example "--port".
   * @throws UsageError with one sentence: what is allowed, and what was found.
   */
  read(texts: readonly string[], shown: string): Value;
}

/** Checks a declaration against the types of what it runs. */
export function command<Declared extends Options>(declaration: Command<Declared>): Command {
  return declaration;
}

export function flag(summary: string): Option<boolean> {
  return { value: null, summary, read: (texts) => texts.length > 0 };
}

/** An option with a text; without a default it may be missing. */
export function text(value: string, summary: string): Option<string | null>;
export function text(value: string, summary: string, fallback: string): Option<string>;
export function text(value: string, summary: string, fallback?: string): Option<string | null> {
  return parsed(value, summary, (given) => given, fallback);
}

export function texts(value: string, summary: string): Option<readonly string[]> {
  return { value, summary, several: true, read: (given) => given };
}

type Parse<Value> = (text: string, shown: string) => Value;

/** An option with a text that is read as something else. `parse` throws a UsageError where it cannot. */
export function parsed<Value>(value: string, summary: string, parse: Parse<Value>): Option<Value | null>;
export function parsed<Value>(value: string, summary: string, parse: Parse<Value>, fallback: string): Option<Value>;
export function parsed<Value>(value: string, summary: string, parse: Parse<Value>, fallback?: string): Option<Value | null>;
export function parsed<Value>(value: string, summary: string, parse: Parse<Value>, fallback?: string): Option<Value | null> {
  return {
    value,
    summary,
    ...(fallback === undefined ? {} : { default: fallback }),
    read([given], shown) {
      const found = given ?? fallback;
      return found === undefined ? null : parse(found, shown);
    },
  };
}

/** @example optionName("noBuild")   // "--no-build" */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
