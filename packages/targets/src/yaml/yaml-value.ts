/** What `renderYaml` takes: plain values, and a few that say how they are written. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | Noted | Styled;

type Styled =
  | { readonly yaml: "map"; readonly entries: readonly (readonly [string, YamlValue])[] }
  | { readonly yaml: "quoted"; readonly text: string }
  | { readonly yaml: "inline"; readonly value: YamlValue }
  | { readonly yaml: "anchored"; readonly name: string; readonly value: YamlValue }
  | { readonly yaml: "same-as"; readonly name: string };

/** A value with what a reader should know of it. */
export class Noted {
  /** Lines before it; "": none. */
  readonly comment: string;
  readonly value: YamlValue;
  /** An empty line before it. */
  readonly apart: boolean;

  constructor(comment: string, value: YamlValue, apart: boolean) {
    this.comment = comment;
    this.value = value;
    this.apart = apart;
  }
}

/** In the order given; what is `undefined` is left out. */
export function map(values: Readonly<Record<string, YamlValue | undefined>>): YamlValue {
  const entries = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { yaml: "map", entries };
}

/** An entry for each item, in the order given. */
export function mapEach<T>(items: readonly T[], entryOf: (item: T) => readonly [string, YamlValue]): YamlValue {
  return { yaml: "map", entries: items.map(entryOf) };
}

export const noted = (comment: string, value: YamlValue): YamlValue => new Noted(comment, value, false);

/** The same with an empty line before it. */
export const section = (comment: string, value: YamlValue): YamlValue => new Noted(comment, value, true);

/** A section with an entry for each item; none when there are no items. */
export function listing<T>(
  comment: string,
  items: readonly T[],
  entryOf: (item: T) => readonly [string, YamlValue],
): YamlValue | undefined {
  return items.length === 0 ? undefined : section(comment, mapEach(items, entryOf));
}

/** Text that somebody else wrote: in quotes, whatever it looks like. */
export const quoted = (text: string): YamlValue => ({ yaml: "quoted", text });

/** On one line: [a, b] or {a: 1}. */
export const inline = (value: YamlValue): YamlValue => ({ yaml: "inline", value });

export const anchored = (name: string, value: YamlValue): YamlValue => ({ yaml: "anchored", name, value });

export const sameAs = (name: string): YamlValue => ({ yaml: "same-as", name });
