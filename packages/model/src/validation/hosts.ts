import { atComponent, atHost } from "../at.js";
import { type StackDefinition, UNREADABLE } from "../definition.js";
import type { Problem } from "../problem.js";
import { listOf, show } from "../show.js";
import { componentsByName } from "./stack-index.js";
import { unknownName } from "./unknown-name.js";

/** Every component runs on exactly one host, public services on one that the internet reaches, and operators can get in. */
export function hostProblems(stack: StackDefinition): readonly Problem[] {
  return [...placementProblems(stack), ...withoutHost(stack), ...publicOnPrivateHost(stack), ...withoutBastion(stack)];
}

function placementProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const placedAt = new Map<string, string>();
  return stack.hosts.flatMap((host) =>
    host.runs.flatMap((name, index) => {
      if (name === UNREADABLE) return [];
      const at = `${atHost(host)}.runs[${index}]`;
      if (!known.has(name)) return unknownName(at, "HOST_RUNS_UNKNOWN", "component", name, known.keys());
      const other = placedAt.get(name);
      if (other === undefined) {
        placedAt.set(name, at);
        return [];
      }
      return {
        at,
        code: "SERVICE_ON_TWO_HOSTS",
        message: `${show(name)} runs already: ${other} has it`,
        found: show(name),
        allowed: "each component once, on one host",
        fix: `remove it from ${other} or from ${at}`,
      };
    }),
  );
}

function withoutHost(stack: StackDefinition): readonly Problem[] {
  const placed = new Set(stack.hosts.flatMap(({ runs }) => runs));
  const homeless = [...componentsByName(stack).values()].filter(({ name }) => !placed.has(name));
  const [firstHost] = stack.hosts;
  const everyone = homeless.map(({ name }) => show(name)).join(", ");
  return homeless.map((component) => ({
    at: atComponent(component),
    code: "SERVICE_WITHOUT_HOST",
    message: `${show(component.name)} runs on no host`,
    found: firstHost === undefined ? "no s.host in this stack" : "in the runs of no host",
    allowed: firstHost === undefined ? "a host that runs it" : `one of the hosts: ${listOf(stack.hosts.map(({ name }) => name))}`,
    fix:
      firstHost === undefined
        ? `write s.host("main", { subnet: "public", runs: [${everyone}] })`
        : `add it to the runs of a host, for example of s.host(${show(firstHost.name)}, ...)`,
  }));
}

function publicOnPrivateHost(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const publicHosts = stack.hosts.filter(({ subnet }) => subnet === "public").map(({ name }) => name);
  return stack.hosts
    .filter(({ subnet }) => subnet === "private")
    .flatMap((host) =>
      host.runs.flatMap((name) => {
        const component = known.get(name);
        if (component?.kind !== "service" || !component.public) return [];
        return {
          at: `${atComponent(component)}.public`,
          code: "PUBLIC_ON_PRIVATE_HOST",
          message: `nobody outside can reach ${show(name)}: its host ${show(host.name)} is in the private subnet`,
          found: `public: true on host ${show(host.name)}`,
          allowed: `a host in the public subnet: ${listOf(publicHosts)}`,
          fix: `run it on ${publicHosts[0] === undefined ? "a host in the public subnet" : `host ${show(publicHosts[0])}`}, or remove public`,
        };
      }),
    );
}

function withoutBastion(stack: StackDefinition): readonly Problem[] {
  if (stack.hosts.length === 0 || stack.hosts.some(({ subnet }) => subnet === "public")) return [];
  return [
    {
      at: "hosts",
      code: "NO_BASTION",
      message: "every host is in the private subnet, so no operator could reach any of them",
      found: listOf(stack.hosts.map(({ name }) => `${name} (private)`)),
      allowed: "at least one host in the public subnet: the way in by SSH",
      fix: 'make one host public, or write s.host("bastion", { subnet: "public", runs: [] })',
    },
  ];
}
