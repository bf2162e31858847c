const LONGEST = 60;

/** A value as a message shows it: text in quotes, what an author can recognise for the rest. */
export function show(value: unknown): string {
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol" || typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isHandle(value)) return `${value.kind} ${JSON.stringify(value.name)}`;
  if (!isPlainObject(value) && !Array.isArray(value)) return `a ${(value as object).constructor.name}`;
  return shorten(jsonOf(value));
}

/** A value as TypeScript source, for a fix that can be copied: handles by the constants that they would have. */
export function spell(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spell).join(", ")}]`;
  if (isPlainObject(value) && !isHandle(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
    return entries.length === 0 ? "{}" : `{ ${entries.map(([name, item]) => `${key(name)}: ${spell(item)}`).join(", ")} }`;
  }
  return typeof value === "object" && value !== null && isHandle(value) ? constantOf(value.name) : show(value);
}

/** The constant that holds what is declared under a name: "vote-store" is voteStore. */
export function constantOf(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** An object written in braces: a Map or a Date has no options to read. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A word as a POSIX shell, and bash, read it back: quoted only where it has to be. `{{.Name}}` has not, `{a,b}` and `{1..3}` have. */
export function shellWord(word: string): string {
  const isPlain = /^[\w@%+=:,./{}-]+$/.test(word) && !/\{.*(?:,|\.\.).*\}/.test(word);
  return isPlain ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Names in the order given: "db, redis", or "none". */
export function listOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

/** Names in alphabetical order, each once: what a message offers to choose from. */
export function sortedListOf(names: Iterable<string>): string {
  return listOf([...new Set(names)].sort());
}

function isHandle(value: object): value is { kind: string; name: string } {
  return "kind" in value && typeof value.kind === "string" && "name" in value && typeof value.name === "string";
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    // A circular or otherwise unprintable value: its type still tells the author which one is meant.
    return Array.isArray(value) ? "a list" : "an object";
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`;
}
