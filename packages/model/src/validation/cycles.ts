import { atComponent } from "../at.js";
import type { ServiceDefinition, StackDefinition } from "../definition.js";
import type { Problem } from "../problem.js";
import { componentsByName } from "./stack-index.js";

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
