import { Alias, Document, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { Noted, type YamlValue } from "./yaml-value.js";

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
