import { UsageError } from "../arguments/usage-error.js";

/** @param words Each NAME=VALUE. @throws UsageError */
export function parseVariables(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^([A-Za-z_][\w-]*)=([\s\S]*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--var ${word} is not NAME=VALUE, for example --var project=shop`);
      return [name, value];
    }),
  );
}
