/** A place in a Compose file. */
export type Path = readonly (string | number)[];

export type Values = Readonly<Record<string, unknown>>;

/** An object of the Compose file; anything else counts as an empty one. */
export function objectOf(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/** A list of the Compose file; one value counts as a list of it. */
export function itemsOf(value: unknown): readonly unknown[] {
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

/** From each name, the names that come before it. */
export type Before = ReadonlyMap<string, ReadonlySet<string>>;

/** A way from `start` along `before` to `end`; `null`: there is none. */
export function wayBetween(before: Before, start: string, end: string): readonly string[] | null {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    const last = way.at(-1) ?? start;
    for (const next of before.get(last) ?? []) {
      if (next === end) return [...way, end];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}

/** All names, each after those before it, else in their own order. The names make no cycle. */
export function ordered(names: readonly string[], before: Before): readonly string[] {
  const result = new Set<string>();
  const place = (name: string): void => {
    if (result.has(name)) return;
    for (const other of names) if (before.get(name)?.has(other)) place(other);
    result.add(name);
  };
  for (const name of names) place(name);
  return [...result];
}
