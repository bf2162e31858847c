import { nameLike } from "../init/stack-name.js";
import type { ComposeService } from "./compose-service.js";
import type { ImportProblem } from "./imported-stack.js";
import type { Notes } from "./notes.js";
import { type EnvSources, readEnv } from "./read-env.js";
import { wayBetween } from "./start-order.js";
import { namesOf, objectOf, type Values } from "./values.js";

export interface ReadServices {
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
