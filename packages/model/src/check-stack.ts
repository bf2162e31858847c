import { atComponent } from "./at.js";
import { passwordSecretOf } from "./builder/databases.js";
import { deepFreeze } from "./deep-freeze.js";
import type { ComponentDefinition, ServiceDefinition, StackDefinition } from "./definition.js";
import { envPrefix } from "./env-name.js";
import type { HealthCheck, Link, Plan, PlannedComponent } from "./plan.js";
import { componentEnv, componentSource } from "./planning/env.js";
import { awsPlan, plannedHosts } from "./planning/planned-hosts.js";
import { networkRules } from "./planning/rules.js";
import { scrapeTargets } from "./planning/scrapes.js";
import { sortedUnique, startOrder } from "./planning/start-order.js";
import type { Problem } from "./problem.js";
import { show, sortedListOf } from "./show.js";
import {
  envProblems,
  monitoringProblems,
  pipelineProblems,
  sourceProblems,
  standInProblems,
} from "./validation/components-and-monitoring.js";
import { awsProblems, hostProblems, portProblems } from "./validation/hosts-and-aws.js";
import { componentsByName, nameProblems, unknownName } from "./validation/names.js";

/** A stack's plan, or all that keeps it from having one. */
export type CheckedStack =
  | { readonly plan: Plan; readonly problems: readonly [] }
  | { readonly plan: null; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Checks a stack and derives all that follows from it: the plan that every target renders, or everything that is wrong with the
 * stack, not only the first. The same stack gives the same answer, to the byte.
 *
 * @param stack What `stack(...)` returned, or the same as data.
 * @example
 * const { plan, problems } = checkStack(definition);
 * if (plan === null) for (const { at, message, fix } of problems) console.error(`${at}: ${message}; ${fix}`);
 */
export function checkStack(stack: StackDefinition): CheckedStack {
  const [first, ...others] = stackProblems(stack);
  return deepFreeze(first === undefined ? { plan: derivedPlan(stack), problems: [] } : { plan: null, problems: [first, ...others] });
}

/**
 * The plan of a stack that is known to be valid.
 *
 * @throws Error for a stack with problems: that is a bug of the caller, who asks `checkStack`.
 * @example const { components } = planOf(stack("hello", (s) => s.redis("cache")));
 */
export function planOf(stack: StackDefinition): Plan {
  const { plan, problems } = checkStack(stack);
  if (plan !== null) return plan;
  const [{ at, code, message }, ...others] = problems;
  throw new Error(`planOf takes a valid stack, ask checkStack: ${at} ${code} ${message} (${others.length} more)`);
}

function stackProblems(stack: StackDefinition): readonly Problem[] {
  const { mistakes } = stack;
  const found = [
    ...nameProblems(stack),
    ...sourceProblems(stack),
    ...linkProblems(stack),
    ...cycleProblems(stack),
    ...envProblems(stack),
    ...portProblems(stack),
    ...hostProblems(stack),
    ...standInProblems(stack),
    ...monitoringProblems(stack),
    ...pipelineProblems(stack),
    ...awsProblems(stack),
  ];
  // What could not be read as it stands was reported where it stands.
  const told = new Set(mistakes.map(({ at }) => at));
  return [...mistakes, ...found.filter(({ at }) => !told.has(at))];
}

function derivedPlan(stack: StackDefinition): Plan {
  const components = startOrder(stack.components.map((component) => plannedComponent(component, stack)));
  const aws = awsPlan(stack.aws, stack.hosts);
  const hosts = plannedHosts(
    stack.hosts,
    components.map(({ name }) => name),
    aws.availabilityZones,
  );
  const links = linksOf(components, stack);
  const { monitoring, pipeline } = stack;
  const scrapes = scrapeTargets(monitoring, hosts, components);
  return {
    stack: stack.name,
    components,
    links,
    hosts,
    rules: networkRules({ hosts, components, links, scrapes, monitoring, aws }),
    secrets: secretsOf(stack),
    scrapes,
    monitoring,
    pipeline,
    aws,
  };
}

function plannedComponent(component: ComponentDefinition, stack: StackDefinition): PlannedComponent {
  const known = new Map(stack.components.map((other) => [other.name, other]));
  const isService = component.kind === "service";
  return {
    name: component.name,
    kind: component.kind,
    host: stack.hosts.find(({ runs }) => runs.includes(component.name))?.name ?? "",
    port: component.port,
    public: isService && component.public,
    after: isService ? sortedUnique(Object.values(component.uses)) : [],
    env: componentEnv(component, known),
    health: healthOf(component),
    metrics: isService ? component.metrics : null,
    memoryMb: component.memoryMb,
    source: componentSource(component),
  };
}

function healthOf(component: ComponentDefinition): HealthCheck {
  switch (component.kind) {
    case "service":
      return component.port === null
        ? { kind: "process" }
        : { kind: "http", port: component.port, ready: component.health.ready, live: component.health.live };
    case "redis":
      return { kind: "redis-ping" };
    case "postgres":
      return { kind: "postgres-ready" };
  }
}

/** In start order of their users, then as the author wrote them. */
function linksOf(components: readonly PlannedComponent[], stack: StackDefinition): readonly Link[] {
  const planned = new Map(components.map((component) => [component.name, component]));
  const uses = new Map(stack.components.map((component) => [component.name, component.kind === "service" ? component.uses : {}]));
  return components.flatMap((from) =>
    Object.entries(uses.get(from.name) ?? {}).flatMap(([alias, name]) => {
      const to = planned.get(name);
      if (to === undefined || to.port === null) return [];
      return { from: from.name, to: name, alias, port: to.port, protocol: "tcp", fromHost: from.host, toHost: to.host };
    }),
  );
}

function secretsOf(stack: StackDefinition): readonly string[] {
  const passwords = stack.components.filter(({ kind }) => kind === "postgres").map(({ name }) => passwordSecretOf(name));
  return sortedUnique([...stack.secrets, ...passwords]);
}

/** Links that lead to nothing, to something without a port, or that are named so that no variable can be. */
function linkProblems(stack: StackDefinition): readonly Problem[] {
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
function cycleProblems(stack: StackDefinition): readonly Problem[] {
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
