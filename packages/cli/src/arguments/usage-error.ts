import { nearest } from "@groundplan/model";

/** The command line is wrong: shown as a sentence for each mistake, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** All mistakes found, not only the first. */
  readonly sentences: readonly string[];

  constructor(sentences: string | readonly string[]) {
    const list = typeof sentences === "string" ? [sentences] : sentences;
    super(list.join("\n"));
    this.sentences = list;
  }
}

/**
 * A name that stands for nothing: the sentence, what there is, and what was probably meant.
 *
 * @param called What the known names are, for example "targets". Default: the sentence says it
 * @example unknownName('voting has no host "bakend"', "bakend", ["frontend", "backend"])
 * // UsageError: voting has no host "bakend" (frontend, backend). Did you mean "backend"?
 */
export function unknownName(sentence: string, name: string, known: readonly string[], called = ""): UsageError {
  const list = known.length === 0 ? "" : ` (${called === "" ? "" : `${called}: `}${known.join(", ")})`;
  return new UsageError(`${sentence}${list}.${didYouMean(name, known, (meant) => `"${meant}"`)}`);
}

/** A sentence to append, or nothing where no known name is near. */
export function didYouMean(name: string, known: readonly string[], show: (meant: string) => string): string {
  const meant = nearest(name, known);
  return meant === null ? "" : ` Did you mean ${show(meant)}?`;
}
