import { atComponent, atHost } from "../at.js";
import { passwordSecretOf } from "../builder/databases.js";
import type { ComponentDefinition, HostDefinition, StackDefinition } from "../definition.js";
import { envPrefix } from "../env-name.js";
import { nearest } from "../nearest.js";
import { exporterNameOf } from "../planning/scrapes.js";
import type { Problem, ProblemCode } from "../problem.js";
import { show, sortedListOf } from "../show.js";

const LONGEST_NAME = 40;
const RESERVED: readonly string[] = ["localhost", "groundplan"];
/** The ends of a connection that are no host, and what Ansible calls all of them. */
const RESERVED_FOR_HOSTS: readonly string[] = ["internet", "operator", "all", "ungrouped"];
/** Monitoring runs under these names beside the components. */
const RESERVED_BY_MONITORING: readonly string[] = ["grafana", "prometheus", "alertmanager", "node-exporter", "blackbox-exporter"];

/** The proxy in front of public services, where there is a domain. */
const RESERVED_BY_DOMAIN: readonly string[] = ["caddy"];

interface Named {
  readonly name: string;
  readonly at: string;
}

/** Names that some target could not use, or that stand for two things. */
export function nameProblems(stack: StackDefinition): readonly Problem[] {
  const components = stack.components.map((component) => ({ name: component.name, at: atComponent(component) }));
  const hosts = stack.hosts.map((host) => ({ name: host.name, at: atHost(host) }));
  const secrets = stack.secrets.map((name) => ({ name, at: `secrets.${name}` }));
  const passwords = stack.components
    .filter(({ kind }) => kind === "postgres")
    .map((component) => ({ name: passwordSecretOf(component.name), at: `the password of ${atComponent(component)}` }));
  const reserved = [
    ...RESERVED,
    ...(stack.monitoring === null ? [] : [...RESERVED_BY_MONITORING, ...exporterNames(stack)]),
    ...(stack.aws === null || stack.aws.domain === null ? [] : RESERVED_BY_DOMAIN),
  ];
  return [
    ...invalidName({ name: stack.name, at: "stack" }, RESERVED),
    ...hosts.flatMap((named) => invalidName(named, [...RESERVED, ...RESERVED_FOR_HOSTS])),
    ...secrets.flatMap((named) => invalidName(named, RESERVED)),
    ...components.flatMap((named) => invalidName(named, reserved)),
    ...takenNames(components),
    ...takenNames(hosts),
    ...takenNames([...passwords, ...secrets]),
  ];
}

/**
 * What is wrong with the name of a stack; `null`: every target can use it.
 *
 * @example nameProblem("My Shop")?.fix;   // 'write "my-shop"'
 */
export function nameProblem(name: string): Problem | null {
  return invalidName({ name, at: "stack" }, RESERVED)[0] ?? null;
}

function exporterNames({ components }: StackDefinition): readonly string[] {
  return components.filter(({ kind }) => kind !== "service").map(({ name }) => exporterNameOf(name));
}

function invalidName({ name, at }: Named, reserved: readonly string[]): readonly Problem[] {
  const allowed = `1 to ${LONGEST_NAME} of a-z, 0-9 and single hyphens, a letter first, no hyphen last; not ${reserved.join(", ")}`;
  const found = show(name);
  if (reserved.includes(name)) {
    return [{ at, code: "NAME_INVALID", message: `${found} is reserved`, found, allowed, fix: "choose another name" }];
  }
  if (isName(name)) return [];
  const better = nameLike(name, "");
  const fix = better === "" ? "choose another name" : `write ${show(better)}`;
  return [{ at, code: "NAME_INVALID", message: `${found} is a name that not every target can use`, found, allowed, fix }];
}

function isName(name: string): boolean {
  return name.length <= LONGEST_NAME && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

/**
 * The nearest name that every target can use.
 *
 * @param fallback Where nothing usable is left of the text.
 * @example nameLike("My Shop", "app");   // "my-shop"
 */
export function nameLike(text: string, fallback: string): string {
  const name = text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, "");
  if (name === "") return fallback;
  return RESERVED.includes(name) ? `${name}-app` : name;
}

/** Two names are one when they give the same variables, as "Vote" and "vote" do. */
function takenNames(all: readonly Named[]): readonly Problem[] {
  const first = new Map<string, Named>();
  return all.flatMap((named) => {
    const other = first.get(envPrefix(named.name));
    if (other === undefined) {
      first.set(envPrefix(named.name), named);
      return [];
    }
    return {
      at: named.at,
      code: "NAME_TAKEN",
      message:
        other.name === named.name
          ? `${show(named.name)} is already the name of ${other.at === named.at ? "another one" : other.at}`
          : `${show(named.name)} differs from ${other.at} in nothing that a variable's name shows`,
      found: show(named.name),
      allowed: "a name that nothing else has",
      fix: "rename one of the two",
    };
  });
}

/** Components by name; of two that share a name the first one, NAME_TAKEN tells of the other. */
export function componentsByName(stack: StackDefinition): ReadonlyMap<string, ComponentDefinition> {
  return byName(stack.components);
}

export function hostsByName(stack: StackDefinition): ReadonlyMap<string, HostDefinition> {
  return byName(stack.hosts);
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const item of items) if (!index.has(item.name)) index.set(item.name, item);
  return index;
}

/** The problem of a name that stands for nothing: offers the nearest name that stands for something. */
export function unknownName(at: string, code: ProblemCode, what: string, found: string, known: Iterable<string>): Problem {
  const names = [...known];
  const near = nearest(found, names);
  return {
    at,
    code,
    message: `${show(found)} is not a ${what} of this stack`,
    found: show(found),
    allowed: sortedListOf(names),
    fix: near === null ? `add a ${what} named ${show(found)}` : `write ${show(near)}, or add a ${what} named ${show(found)}`,
  };
}
