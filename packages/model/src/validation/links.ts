import { atComponent } from "../at.js";
import type { ComponentDefinition, ServiceDefinition, StackDefinition } from "../definition.js";
import { envPrefix } from "../env-name.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName, unknownName } from "./names.js";

/** Links that lead to nothing, to something without a port, or that are named so that no variable can be. */
export function linkProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  return stack.components.flatMap((component) => {
    if (component.kind !== "service") return [];
    const at = `${atComponent(component)}.uses`;
    const links = Object.entries(component.uses);
    return [
      ...aliasProblems(at, Object.keys(component.uses)),
      ...links.flatMap(([alias, target]) => targetProblems(`${at}.${alias}`, target, known)),
    ];
  });
}

function targetProblems(at: string, target: string, known: ReadonlyMap<string, ComponentDefinition>): readonly Problem[] {
  const component = known.get(target);
  if (component === undefined) return [unknownName(at, "LINK_TARGET_UNKNOWN", "component", target, known.keys())];
  if (component.port !== null) return [];
  const withPort = [...known.values()].filter(({ port }) => port !== null).map(({ name }) => name);
  return [
    {
      at,
      code: "LINK_TARGET_HAS_NO_PORT",
      message: `${show(target)} listens on no port`,
      found: show(target),
      allowed: `a component with a port: ${sortedListOf(withPort)}`,
      fix: `give ${show(target)} the port that it listens on, for example port: 8000, or remove this link`,
    },
  ];
}

function aliasProblems(at: string, aliases: readonly string[]): readonly Problem[] {
  const first = new Map<string, string>();
  return aliases.flatMap((alias) => {
    const prefix = envPrefix(alias);
    const common = { at: `${at}.${alias}`, code: "LINK_ALIAS_INVALID", found: show(alias) } as const;
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(alias)) {
      const message = `${show(alias)} cannot begin the name of a variable`;
      return { ...common, message, allowed: "letters, digits, _ and -, a letter first", fix: "choose another name for the link" };
    }
    const other = first.get(prefix);
    if (other === undefined) {
      first.set(prefix, alias);
      return [];
    }
    const message = `${show(alias)} and ${show(other)} both give ${prefix}_URL`;
    return { ...common, message, allowed: "names that give different variables", fix: "rename one of the two links" };
  });
}

/** Links that lead back to where they began: none of these services could be the first to start. */
export function cycleProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const services = new Map<string, ServiceDefinition>();
  for (const component of known.values()) if (component.kind === "service") services.set(component.name, component);

  const reported = new Set<string>();
  return [...services.keys()].flatMap((name) => {
    if (reported.has(name)) return [];
    const cycle = shortestCycle(name, services);
    if (cycle === null) return [];
    for (const member of cycle) reported.add(member);
    return cycleProblem(cycle, services);
  });
}

/** From a service by its links back to itself: `[a, b, a]`. */
function shortestCycle(start: string, services: ReadonlyMap<string, ServiceDefinition>): readonly string[] | null {
  const seen = new Set<string>();
  const paths: string[][] = [[start]];
  for (const path of paths) {
    for (const target of Object.values(services.get(path.at(-1) ?? "")?.uses ?? {})) {
      if (target === start) return [...path, start];
      if (seen.has(target)) continue;
      seen.add(target);
      paths.push([...path, target]);
    }
  }
  return null;
}

function cycleProblem(cycle: readonly string[], services: ReadonlyMap<string, ServiceDefinition>): Problem {
  const links = cycle.slice(1).map((target, index) => linkPath(services.get(cycle[index] ?? ""), target));
  return {
    at: links[0] ?? "services",
    code: "LINK_CYCLE",
    message:
      links.length === 1
        ? "this service waits for itself, so it can never start"
        : "these services wait for each other, so none can start first",
    found: cycle.join(" -> "),
    allowed: "links that never lead back to where they began",
    fix: links.length === 1 ? `remove ${links[0]}` : `remove one of these links: ${links.join(", ")}`,
  };
}

function linkPath(service: ServiceDefinition | undefined, target: string): string {
  const alias = Object.entries(service?.uses ?? {}).find(([, to]) => to === target)?.[0];
  return service === undefined ? target : `${atComponent(service)}.uses.${alias}`;
}
