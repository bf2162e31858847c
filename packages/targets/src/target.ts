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
  render(plan: Plan, place: OutputPlace): Rendered;
  /** The command that one types next, given the folder that the files were written to; `null`: there is none. */
  next(folder: string): string | null;
}

/** Where the files will lie. */
export interface OutputPlace {
  /** The folder of the stack file as seen from the output folder, with forward slashes, for example "../..". */
  readonly stackFolder: string;
}

export interface Rendered {
  /** In a fixed order. */
  readonly files: readonly GeneratedFile[];
  /** Files that hold values of secrets: the command line fills them in, keeps them out of git and readable by their owner only. */
  readonly secretFiles: readonly SecretFile[];
  /** What the user should know, a sentence each; the command line decides how to show them. */
  readonly notes: readonly string[];
}

export interface GeneratedFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface SecretFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  /**
   * - "value": the parts are the whole file. It is kept when it exists.
   * - "env": lines `NAME=value`. When the file exists its lines are kept, and those whose NAME it lacks are added: people write settings of
   *   their own into it.
   */
  readonly form: "value" | "env";
  readonly parts: readonly SecretPiece[];
}

export type SecretPiece = { readonly kind: "text"; readonly text: string } | { readonly kind: "secret"; readonly name: string };
