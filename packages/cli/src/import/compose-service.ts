import { nameLike } from "@groundplan/model";
import type { ComposeDocument } from "./compose-document.js";
import type { ImportProblem } from "./imported-stack.js";
import type { Environment, Interpolated } from "./interpolate.js";
import type { Notes } from "./notes.js";
import { itemsOf, namesOf, objectOf, type Path, pathText, type Values, wayBetween } from "./values.js";

/** A service of a Compose file, its variables put in. */
export interface ComposeService {
  /** As the Compose file writes it. */
  readonly key: string;
  /** As the stack names it. */
  readonly name: string;
  readonly values: Values;
  readonly env: readonly EnvEntry[];
}

/** A variable of a service. */
export interface EnvEntry {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  /** The variables of Compose that were put into it; `null`: none. */
  readonly filled: Interpolated | null;
}

interface ReadServices {
  readonly services: readonly ComposeService[];
  readonly problems: readonly ImportProblem[];
}

/** The services of a file under names that a stack can have. */
export function readServices(data: Values, sources: EnvSources, notes: Notes): ReadServices {
  const all = objectOf(data.services);
  const names = stackNames(Object.keys(all));
  const services = Object.keys(all).map((key): ComposeService => {
    const path = ["services", key];
    const values = objectOf(all[key]);
    const name = names.get(key) ?? key;
    if (name !== key) notes.add(path, name, `${key} is now ${name}`, "names in a stack are of a-z, 0-9 and single hyphens");
    const { entries, unreadable } = readEnv(values, path, sources);
    if (unreadable.length > 0) {
      notes.add([...path, "env_file"], name, `env_file cannot be read: ${unreadable.join(", ")}`, "write its variables into env");
    }
    return { key, name, values, env: entries };
  });
  return { services, problems: [...unknownServices(all, sources), ...cycles(all, sources)] };
}

function stackNames(keys: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(keys.filter((key) => nameLike(key, "") === key));
  for (const key of keys) {
    const plain = nameLike(key, "service");
    let name = plain;
    for (let count = 2; name !== key && taken.has(name); count++) name = `${plain.slice(0, 36)}-${count}`;
    taken.add(name);
    names.set(key, name);
  }
  return names;
}

function unknownServices(all: Values, { lineOf }: EnvSources): readonly ImportProblem[] {
  return Object.keys(all).flatMap((key) =>
    namesOf(objectOf(all[key]).depends_on)
      .filter((other) => all[other] === undefined)
      .map((other) => {
        const path = ["services", key, "depends_on"];
        const message = `${key} depends on ${other}, which is no service of the file (services: ${Object.keys(all).join(", ")})`;
        return { line: lineOf(path), column: null, at: path.join("."), message, fix: "correct the name, or remove it" };
      }),
  );
}

function cycles(all: Values, { lineOf }: EnvSources): readonly ImportProblem[] {
  const before = new Map(Object.keys(all).map((key) => [key, new Set(namesOf(objectOf(all[key]).depends_on))]));
  const told = new Set<string>();
  return Object.keys(all).flatMap((key) => {
    const way = told.has(key) ? null : wayBetween(before, key, key);
    if (way === null) return [];
    for (const name of way) told.add(name);
    const path = ["services", key, "depends_on"];
    const message = `these services wait for each other, so none can start first: ${way.join(" -> ")}`;
    return [{ line: lineOf(path), column: null, at: path.join("."), message, fix: "remove one of these from depends_on" }];
  });
}

export interface EnvSources {
  readonly lineOf: ComposeDocument["lineOf"];
  readonly variablesAt: ReadonlyMap<string, Interpolated>;
  /** What a variable without a value takes over. */
  readonly env: Environment;
  /** The variables of an `env_file`, by its path as it is written; `null`: it cannot be read. */
  readonly envFile: (path: string) => Environment | null;
}

interface ReadEnv {
  readonly entries: readonly EnvEntry[];
  /** Of `env_file`. */
  readonly unreadable: readonly string[];
}

/** Variables of a service, from `env_file` and, before these, from `environment`: a map or a list. */
function readEnv(values: Values, path: Path, { lineOf, variablesAt, env, envFile }: EnvSources): ReadEnv {
  const entries = new Map<string, EnvEntry>();
  const unreadable: string[] = [];
  for (const item of itemsOf(values.env_file)) {
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
