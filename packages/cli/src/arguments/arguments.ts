/** What was given on the command line, checked against the command's declaration. */
export interface Arguments {
  positional(index: number): string;
  flag(option: string): boolean;
  /** The option's value, its default when it was not given, `null` when it has none. */
  text(option: string): string | null;
  /** The values of an option that may be given several times. */
  list(option: string): readonly string[];
}
