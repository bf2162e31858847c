import { atComponent } from "../at.js";
import { type ComponentDefinition, type EnvInput, type ServiceDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import { isEnvName } from "../env-name.js";
import { nearest } from "../nearest.js";
import { componentSource, linkEnv } from "../planning/env.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName, unknownName } from "./names.js";

/** A service says what runs. */
export function sourceProblems(stack: StackDefinition): readonly Problem[] {
  return stack.components.flatMap((component) => (component.kind === "service" ? withoutSource(component) : []));
}

function withoutSource(service: ServiceDefinition): readonly Problem[] {
  if (service.image !== null || service.local !== null) return [];
  return [
    {
      at: atComponent(service),
      code: "SERVICE_WITHOUT_SOURCE",
      message: `nothing says what ${show(service.name)} runs`,
      found: "neither image nor local",
      allowed: "image, or local, or both",
      fix: `add the folder of its Dockerfile, for example image: build("./${service.name}")`,
    },
  ];
}

/** Only PostgreSQL can stand in for Redis. */
export function standInProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const databases = stack.components.filter(({ kind }) => kind === "postgres").map(({ name }) => name);
  return stack.components.flatMap((component) => {
    if (component.kind !== "redis" || component.standIn === null || component.standIn === UNREADABLE) return [];
    const standIn = known.get(component.standIn);
    if (standIn?.kind === "postgres") return [];
    const near = nearest(component.standIn, databases) ?? databases[0];
    return {
      at: `${atComponent(component)}.standIn`,
      code: "STAND_IN_INVALID",
      message:
        standIn === undefined
          ? `${show(component.standIn)} is not a component of this stack`
          : `${show(component.standIn)} is a ${standIn.kind}, and only a postgres component can stand in for Redis`,
      found: show(component.standIn),
      allowed: `a postgres component: ${sortedListOf(databases)}`,
      fix: near === undefined ? "add a postgres component, or remove standIn" : `write ${show(near)}, or remove standIn`,
    };
  });
}

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
