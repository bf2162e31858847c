import type { Arguments } from "./arguments/arguments.js";
import type { Terminal } from "./output/terminal.js";

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** One thing that groundplan does: what its help says and how it runs. */
export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** What it needs beyond its own declaration it imports when it runs: every other command starts faster for it. */
  run(input: CommandInput): Promise<ExitCode>;
}

export interface CommandInput {
  readonly arguments: Arguments;
  readonly terminal: Terminal;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly summary: string;
  /** May be left out; only the last ones are. Default: false */
  readonly optional?: boolean;
}

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for its value in the help, for example "DIR". `null`: a flag without a value. */
  readonly value: string | null;
  /** May be given several times. Default: false */
  readonly several?: boolean;
  /** Shown as part of the summary. */
  readonly default?: string;
  readonly summary: string;
}

export interface Example {
  /** Arguments after `groundplan`. */
  readonly line: string;
  readonly says: string;
}
