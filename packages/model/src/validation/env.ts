import { atComponent } from "../at.js";
import { type ComponentDefinition, type EnvInput, type ServiceDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import { isEnvName } from "../env-name.js";
import { componentSource } from "../planning/component-source.js";
import { linkEnv } from "../planning/link-env.js";
import type { Problem } from "../problem.js";
import { show } from "../show.js";
import { componentsByName } from "./stack-index.js";
import { unknownName } from "./unknown-name.js";

/** Variables that no shell takes, that something else gives already, or whose secret or page does not exist. */
export function envProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  return stack.components.flatMap((component) => {
    if (component.kind !== "service") return [];
    const given = givenVariables(component, known);
    return Object.entries(component.env).flatMap(([name, value]) => {
      const at = `${atComponent(component)}.env.${name}`;
      return [...(isEnvName(name) ? [] : [invalidName(at, name)]), ...takenName(at, name, given), ...unknownValue(at, value, stack)];
    });
  });
}

/** Where a target gives secrets as files, the path of one is in this variable. */
const fileVariable = (name: string): string => `${name}_FILE`;

/** What gives a variable besides the author, by the variable's name. */
function givenVariables(service: ServiceDefinition, known: ReadonlyMap<string, ComponentDefinition>): ReadonlyMap<string, string> {
  const given = new Map([["PORT", `${atComponent(service)}.port`]]);
  for (const [alias, target] of Object.entries(service.uses)) {
    const component = known.get(target);
    if (component === undefined) continue;
    const variables = linkEnv(alias, { name: target, source: componentSource(component) });
    for (const [name, value] of variables) {
      given.set(name, `${atComponent(service)}.uses.${alias}`);
      if (value.some(({ kind }) => kind === "secret")) given.set(fileVariable(name), `${atComponent(service)}.uses.${alias}`);
    }
  }
  for (const [name, value] of Object.entries(service.env)) {
    if (typeof value === "object" && "secret" in value) given.set(fileVariable(name), `${atComponent(service)}.env.${name}`);
  }
  return given;
}

function invalidName(at: string, name: string): Problem {
  const better = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  return {
    at,
    code: "ENV_NAME_INVALID",
    message: `${show(name)} cannot be the name of a variable`,
    found: show(name),
    allowed: "letters, digits and _, no digit first",
    fix: isEnvName(better) ? `write ${better}` : "choose another name",
  };
}

function takenName(at: string, name: string, given: ReadonlyMap<string, string>): readonly Problem[] {
  const giver = given.get(name);
  if (giver === undefined) return [];
  return [
    {
      at,
      code: "ENV_TAKEN_BY_LINK",
      message: `${name} is given by ${giver}`,
      found: name,
      allowed: `any name but ${[...given.keys()].sort().join(", ")}`,
      fix: name === "PORT" ? `remove it, and write the number as ${giver}` : "remove it, or rename the link or this variable",
    },
  ];
}

function unknownValue(at: string, value: EnvInput, stack: StackDefinition): readonly Problem[] {
  if (typeof value === "string") return [];
  if ("secret" in value) {
    return stack.secrets.includes(value.secret) ? [] : [unknownName(at, "SECRET_UNKNOWN", "secret", value.secret, stack.secrets)];
  }
  const pages = stack.components.flatMap((component) => (component.kind === "service" && component.public ? [component.name] : []));
  return value.page === UNREADABLE || pages.includes(value.page)
    ? []
    : [unknownName(at, "PAGE_UNKNOWN", "public service", value.page, pages)];
}
