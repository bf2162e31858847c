import type { ComponentDefinition, EnvInput } from "../definition.js";
import type { EnvValue } from "../plan.js";
import { componentSource } from "./component-source.js";
import { linkEnv } from "./link-env.js";
import { compareText } from "./sorted.js";

/** All variables of a component: its port, what its links give, then the author's own. Databases need none. */
export function componentEnv(
  component: ComponentDefinition,
  known: ReadonlyMap<string, ComponentDefinition>,
): Readonly<Record<string, EnvValue>> {
  if (component.kind !== "service") return {};
  const links = Object.entries(component.uses).flatMap(([alias, name]) => {
    const target = known.get(name);
    return target === undefined ? [] : linkEnv(alias, { name, source: componentSource(target) });
  });
  // By reference, not by number: a laptop may run it on another port.
  const port: [string, EnvValue][] = component.port === null ? [] : [["PORT", [{ kind: "port", of: component.name }]]];
  const own = Object.entries(component.env).map(([name, input]): [string, EnvValue] => [name, [envPart(input)]]);
  return sortedRecord([...port, ...links, ...own]);
}

/** Variables by name, in the order of their names. */
export function sortedRecord(variables: Iterable<readonly [string, EnvValue]>): Readonly<Record<string, EnvValue>> {
  return Object.fromEntries([...variables].sort(([a], [b]) => compareText(a, b)));
}

function envPart(input: EnvInput): EnvValue[number] {
  if (typeof input === "string") return { kind: "text", text: input };
  return "secret" in input ? { kind: "secret", name: input.secret } : { kind: "page", of: input.page };
}
