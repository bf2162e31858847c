/** A place in a Compose file. */
export type Path = readonly (string | number)[];

export type Values = Readonly<Record<string, unknown>>;

/** An object of the Compose file; anything else counts as an empty one. */
export function objectOf(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** A list of the Compose file; one value counts as a list of it. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The names in a list of names, or the keys of a map. */
export function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : Object.keys(objectOf(value));
}

export function pathText(path: Path): string {
  return path.join(".");
}
