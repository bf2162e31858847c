import type { ComposeDocument } from "./compose-document.js";
import type { ImportProblem } from "./imported-stack.js";
import { type Environment, type Interpolated, InterpolationError, interpolate } from "./interpolate.js";
import { type Path, pathText } from "./values.js";

export interface InterpolatedValues {
  readonly data: unknown;
  /** What was put in, by the path of the value. Values without variables are not in it. */
  readonly variablesAt: ReadonlyMap<string, Interpolated>;
  readonly problems: readonly ImportProblem[];
}

/** All values of a Compose file with its variables put in. */
export function interpolateValues({ data, lineOf }: ComposeDocument, env: Environment): InterpolatedValues {
  const variablesAt = new Map<string, Interpolated>();
  const problems: ImportProblem[] = [];

  const walk = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    if (typeof value !== "string" || !value.includes("$")) return value;
    try {
      const filled = interpolate(value, env);
      if (filled.variables.length > 0) variablesAt.set(pathText(path), filled);
      return filled.variables.length > 0 && !path.includes("environment") ? typed(filled.text) : filled.text;
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      const fix = `write $$ for a dollar sign, or \${NAME:-default} for a variable`;
      problems.push({ line: lineOf(path), column: null, at: pathText(path), message: error.message, fix });
      return value;
    }
  };

  return { data: walk(data, []), variablesAt, problems };
}

/** Compose reads what a variable gives as YAML would: replicas: ${COPIES:-2} is a number. */
function typed(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^\d+$/.test(text) ? Number(text) : text;
}
