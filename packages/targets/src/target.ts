import type { Plan } from "@groundplan/model";

/**
 * A way to run a stack, as files that need no groundplan. Rendering reads no disk, clock, environment or network and prints
 * nothing, so the same plan gives the same bytes.
 */
export interface Target {
  /** As it is written after `groundplan synth`. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  render(plan: Plan): Rendered;
  /** The command that one types next, given the folder that the files were written to; `null`: there is none. */
  next(folder: string): string | null;
}

export interface Rendered {
  /** In a fixed order. */
  readonly files: readonly GeneratedFile[];
  /** What the user should know, a sentence each; the command line decides how to show them. */
  readonly notes: readonly string[];
}

export interface GeneratedFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
