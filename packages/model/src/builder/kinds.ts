import type { Kind } from "./shape.js";

const textKind = (allowed: string, example: string, fits: (text: string) => boolean): Kind<string> => ({
  allowed,
  example,
  parse: (value) => (typeof value === "string" && fits(value) ? value : undefined),
});

export const text = (example: string): Kind<string> => textKind("text", example, (value) => value.trim() !== "");

export const flag: Kind<boolean> = {
  allowed: "true or false",
  example: "true",
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

/** Any number: whether it can be a port is for the rules about ports to say. They pass over NaN, which stands for an unreadable one. */
export const portNumber = (example: number): Kind<number> => ({
  allowed: "a number",
  example: String(example),
  parse: (value) => (typeof value === "number" && !Number.isNaN(value) ? value : undefined),
});

export const wholeNumber = (least: number, most: number, example: number): Kind<number> => ({
  allowed: `a whole number from ${least} to ${most}`,
  example: String(example),
  parse: (value) => (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined),
});

/** In MiB: from what the smallest servers need to a terabyte. */
export const MEMORY_MB = { least: 16, most: 1_048_576 } as const;
export const memory = (example: number): Kind<number> => wholeNumber(MEMORY_MB.least, MEMORY_MB.most, example);

/** Whether it can be a folder relative to the stack file: any path but an absolute one. */
export const isFolder = (path: string): boolean => path.trim() !== "" && !/^([/\\]|[A-Za-z]:)/.test(path);

export const folders = (example: string): Kind<readonly string[]> => ({
  allowed: "a list of folders relative to the stack file",
  example,
  parse: (value) => (Array.isArray(value) && value.every((path) => typeof path === "string" && isFolder(path)) ? [...value] : undefined),
});

export const urlPath = (example: string): Kind<string> =>
  textKind('a path that begins with "/"', JSON.stringify(example), (value) => /^\/[^\s?#]*$/.test(value));

export const urlPathOrFalse = (example: string): Kind<string | false, string | false> => ({
  allowed: 'a path that begins with "/", or false',
  example: JSON.stringify(example),
  parse: (value, place) => (value === false ? false : urlPath(example).parse(value, place)),
});

export const commandLine = (example: string): Kind<readonly string[], string | readonly string[]> => ({
  allowed: "a command line with its quotes closed, or a list of words",
  example: JSON.stringify(example),
  parse: (value) => {
    if (typeof value === "string") return splitCommand(value) ?? undefined;
    const isWords = Array.isArray(value) && value.every((word) => typeof word === "string") && value.length > 0 && value[0] !== "";
    return isWords ? [...value] : undefined;
  },
});

/**
 * Splits a command line on spaces. A part in single or double quotes keeps its spaces; there are no escapes,
 * variables or pipes, since no shell runs it. `null`: a quote is left open, or there is no word.
 */
export function splitCommand(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const letter of line) {
    if (quote !== null) {
      if (letter === quote) quote = null;
      else word = (word ?? "") + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      // An empty pair of quotes is a word too.
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words.length === 0 || words[0] === "" ? null : words;
}

/** Databases and users stand in URLs, shell commands and SQL, so their names need no escaping in any of them. */
export const sqlName = (example: string): Kind<string> =>
  textKind(
    "a PostgreSQL name of a-z, 0-9 and _ (1 to 63, no digit first; template0, template1, public, none and pg_... are its own)",
    JSON.stringify(example),
    isSqlName,
  );

/** Whether PostgreSQL takes it unquoted as the name of a user and of a database, and has not reserved it. */
export function isSqlName(name: string): boolean {
  return /^[a-z_][a-z0-9_]{0,62}$/.test(name) && !/^(template[01]|public|none|pg_.*)$/.test(name);
}

/** One of a few values. */
export const oneOf = <const T extends string | number>(values: readonly T[], example: T): Kind<T> => ({
  allowed: values.map((value) => JSON.stringify(value)).join(" or "),
  example: JSON.stringify(example),
  parse: (value) => values.find((known) => known === value),
});
