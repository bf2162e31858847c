import { Alias, Document, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

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

/**
 * A YAML file with its comments, as people write it. It means the same to readers of YAML 1.1 (Python, docker-compose 1.29) and 1.2;
 * no line is ever folded.
 */
export function renderYaml(header: string, root: YamlValue): string {
  // 1.1 quotes what only the older readers take for something else than text: yes, 0o7, 1:30.
  const document = new Document(null, { version: "1.1" });
  document.contents = nodeOf(root);
  const body = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    flowCollectionPadding: false,
    nullStr: "",
  });
  return `${header.replace(/^/gm, "# ").replace(/ +$/gm, "")}\n\n${body}`;
}

type Node = Scalar | YAMLMap | YAMLSeq | Alias;

function nodeOf(value: YamlValue): Node {
  if (value instanceof Noted) return nodeOf(value.value);
  if (typeof value !== "object" || value === null) return new Scalar(value);
  if (isList(value)) return sequenceOf(value);
  switch (value.yaml) {
    case "quoted":
      return Object.assign(new Scalar(value.text), { type: Scalar.QUOTE_DOUBLE });
    case "inline":
      return Object.assign(nodeOf(value.value), { flow: true });
    case "anchored":
      return Object.assign(nodeOf(value.value), { anchor: value.name });
    case "same-as":
      return new Alias(value.name);
    case "map":
      return mapOf(value.entries);
  }
}

function mapOf(entries: readonly (readonly [string, YamlValue])[]): YAMLMap {
  const map = new YAMLMap<Scalar, Node>();
  for (const [name, value] of entries) {
    const key = annotated(new Scalar(name), value);
    // An empty line would part it from the name of the map itself.
    if (map.items.length === 0) key.spaceBefore = false;
    map.items.push(new Pair(key, nodeOf(value)));
  }
  return map;
}

function sequenceOf(values: readonly YamlValue[]): YAMLSeq {
  const sequence = new YAMLSeq();
  for (const value of values) sequence.items.push(annotated(nodeOf(value), value));
  return sequence;
}

/** The comment stands before what names the value: its key, or itself in a list. */
function annotated<T extends Scalar | Node>(node: T, value: YamlValue): T {
  if (value instanceof Noted) {
    if (value.comment !== "") node.commentBefore = ` ${value.comment.replace(/[\r\u0085\u2028\u2029]/g, " ").replaceAll("\n", "\n ")}`;
    node.spaceBefore = value.apart;
  }
  return node;
}

function isList(value: object): value is readonly YamlValue[] {
  return Array.isArray(value);
}
