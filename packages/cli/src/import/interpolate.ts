import type { ComposeDocument } from "./compose-document.js";
import type { ImportProblem } from "./imported-stack.js";
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

/** Text with the variables of a Compose file put in. */
export interface Interpolated {
  readonly text: string;
  /** Names of the variables in it. */
  readonly variables: readonly string[];
  /** Those among them that are set nowhere and have no default: nothing stands in their place. */
  readonly unset: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `${` without its end, or what no rule of Compose reads. */
export class InterpolationError extends Error {
  override readonly name = "InterpolationError";
}

/**
 * Puts variables in: $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message}, ${NAME:+other},
 * ${NAME+other}; $$ is a dollar sign (https://docs.docker.com/reference/compose-file/interpolation/).
 *
 * @throws InterpolationError for what is none of these.
 */
export function interpolate(source: string, env: Environment): Interpolated {
  const variables = new Set<string>();
  const unset = new Set<string>();

  const fill = (text: string): string => {
    let filled = "";
    for (let at = 0; at < text.length; ) {
      const found = /^\$(?:(\$)|([A-Za-z_]\w*)|(\{))/.exec(text.slice(at));
      if (found === null) {
        if (text[at] === "$") throw new InterpolationError(`a $ stands alone in ${JSON.stringify(source)}`);
        filled += text[at];
        at += 1;
      } else if (found[3] === undefined) {
        filled += found[1] ?? expand(found[2] ?? "");
        at += found[0].length;
      } else {
        const end = endOf(text, at, source);
        filled += expand(text.slice(at + 2, end));
        at = end + 1;
      }
    }
    return filled;
  };

  const expand = (expression: string): string => {
    const found = /^([A-Za-z_]\w*)(?:(:?)([-?+])([\s\S]*))?$/.exec(expression);
    if (found === null) throw new InterpolationError(`\${${expression}} is no variable of Compose`);
    const [, name = "", colon, operator, rest = ""] = found;
    variables.add(name);
    const value = env[name];
    const isSet = value !== undefined && !(colon === ":" && value === "");
    if (operator === "+") return isSet ? fill(rest) : "";
    if (isSet) return value;
    if (operator === "-") return fill(rest);
    unset.add(name);
    return "";
  };

  return { text: fill(source), variables: [...variables], unset: [...unset] };
}

/** Where the brace closes that opens after the dollar sign at `start`. */
function endOf(text: string, start: number, source: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith("${", at)) depth += 1;
    if (text[at] === "}") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new InterpolationError(`a \${ is not closed in ${JSON.stringify(source)}`);
}
