import { splitCommand } from "./split-command.js";

/** A kind of value that an option takes: how a message names it, and how it is read. */
export interface ValueKind<T> {
  /** Completes the sentence "... is not". */
  readonly allowed: string;
  /** As the author would write it. */
  readonly example: string;
  /** `undefined`: the value is not of this kind. */
  parse(value: unknown): T | undefined;
}

const textKind = (allowed: string, example: string, fits: (text: string) => boolean): ValueKind<string> => ({
  allowed,
  example,
  parse: (value) => (typeof value === "string" && fits(value) ? value : undefined),
});

export const text = (example: string): ValueKind<string> => textKind("text", example, (value) => value.trim() !== "");

export const flag: ValueKind<boolean> = {
  allowed: "true or false",
  example: "true",
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

/** Any number: whether it can be a port is for the rules about ports to say. They pass over NaN, which stands for an unreadable one. */
export const portNumber = (example: number): ValueKind<number> => ({
  allowed: "a number",
  example: String(example),
  parse: (value) => (typeof value === "number" && !Number.isNaN(value) ? value : undefined),
});

export const wholeNumber = (least: number, most: number, example: number): ValueKind<number> => ({
  allowed: `a whole number from ${least} to ${most}`,
  example: String(example),
  parse: (value) => (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined),
});

/** From what the smallest servers need to a terabyte. */
export const memory = (example: number): ValueKind<number> => wholeNumber(16, 1_048_576, example);

const isFolder = (path: string) => path.trim() !== "" && !/^([/\\]|[A-Za-z]:)/.test(path);

export const folder = textKind("a folder relative to the stack file", '"./vote"', isFolder);

export const folders: ValueKind<readonly string[]> = {
  allowed: "a list of folders relative to the stack file",
  example: '["./shared"]',
  parse: (value) => (Array.isArray(value) && value.every((path) => typeof path === "string" && isFolder(path)) ? [...value] : undefined),
};

export const urlPath = (example: string): ValueKind<string> =>
  textKind('a path that begins with "/"', JSON.stringify(example), (value) => /^\/[^\s?#]*$/.test(value));

export const urlPathOrFalse = (example: string): ValueKind<string | null> => ({
  allowed: 'a path that begins with "/", or false',
  example: JSON.stringify(example),
  parse: (value) => (value === false ? null : urlPath(example).parse(value)),
});

export const command: ValueKind<readonly string[]> = {
  allowed: "a command line with its quotes closed, or a list of words",
  example: '"node dist/main.js"',
  parse: (value) => {
    if (typeof value === "string") return splitCommand(value) ?? undefined;
    const isWords = Array.isArray(value) && value.every((word) => typeof word === "string") && value.length > 0 && value[0] !== "";
    return isWords ? [...value] : undefined;
  },
};

/** Databases and users stand in URLs, shell commands and SQL, so their names need no escaping in any of them. */
export const sqlName = (example: string): ValueKind<string> =>
  textKind(
    "a PostgreSQL name of a-z, 0-9 and _ (1 to 63, no digit first; template0, template1, public, none and pg_... are its own)",
    JSON.stringify(example),
    (value) => /^[a-z_][a-z0-9_]{0,62}$/.test(value) && !/^(template[01]|public|none|pg_.*)$/.test(value),
  );

export const awsZones: ValueKind<1 | 2> = {
  allowed: "1 or 2",
  example: "2",
  parse: (value) => (value === 1 || value === 2 ? value : undefined),
};

export const subnet: ValueKind<"public" | "private"> = {
  allowed: '"public" or "private"',
  example: '"private"',
  parse: (value) => (value === "public" || value === "private" ? value : undefined),
};
