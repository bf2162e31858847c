import type { ComposeDocument } from "./compose-document.js";
import type { EnvEntry } from "./compose-service.js";
import type { Environment, Interpolated } from "./interpolate.js";
import { listOf, objectOf, type Path, pathText, type Values } from "./values.js";

export interface EnvSources {
  readonly lineOf: ComposeDocument["lineOf"];
  readonly variablesAt: ReadonlyMap<string, Interpolated>;
  /** What a variable without a value takes over. */
  readonly env: Environment;
  /** The variables of an `env_file`, by its path as it is written; `null`: it cannot be read. */
  readonly envFile: (path: string) => Environment | null;
}

export interface ReadEnv {
  readonly entries: readonly EnvEntry[];
  /** Of `env_file`. */
  readonly unreadable: readonly string[];
}

/** Variables of a service, from `env_file` and, before these, from `environment`: a map or a list. */
export function readEnv(values: Values, path: Path, { lineOf, variablesAt, env, envFile }: EnvSources): ReadEnv {
  const entries = new Map<string, EnvEntry>();
  const unreadable: string[] = [];
  for (const item of listOf(values.env_file)) {
    const { path: name, required } = typeof item === "object" ? objectOf(item) : { path: item, required: true };
    const file = envFile(String(name));
    if (file === null && required !== false) unreadable.push(String(name));
    for (const [variable, text = ""] of Object.entries(file ?? {})) {
      entries.set(variable, { name: variable, text, line: lineOf([...path, "env_file"]), filled: null });
    }
  }
  for (const { name, value, place } of environmentOf(values.environment)) {
    const text = value === null ? env[name] : String(value);
    if (text === undefined) continue;
    const at = [...path, "environment", place];
    entries.set(name, { name, text, line: lineOf(at), filled: variablesAt.get(pathText(at)) ?? null });
  }
  return { entries: [...entries.values()], unreadable };
}

function environmentOf(environment: unknown): readonly { name: string; value: unknown; place: string | number }[] {
  if (!Array.isArray(environment)) {
    return Object.entries(objectOf(environment)).map(([name, value]) => ({ name, value: value ?? null, place: name }));
  }
  return environment.map((item, place) => {
    const [name = "", ...rest] = String(item).split("=");
    return { name, value: String(item).includes("=") ? rest.join("=") : null, place };
  });
}
