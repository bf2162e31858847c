import { passwordSecretOf } from "./builder/databases.js";
import { deepFreeze } from "./deep-freeze.js";
import type { ComponentDefinition, StackDefinition } from "./definition.js";
import type { HealthCheck, Link, Plan, PlannedComponent } from "./plan.js";
import { componentEnv, componentSource } from "./planning/env.js";
import { awsPlan, plannedHosts } from "./planning/planned-hosts.js";
import { networkRules } from "./planning/rules.js";
import { scrapeTargets } from "./planning/scrapes.js";
import { sortedUnique } from "./planning/sorted.js";
import { startOrder } from "./planning/start-order.js";
import type { Problem } from "./problem.js";
import { awsProblems } from "./validation/aws.js";
import { envProblems, sourceProblems, standInProblems } from "./validation/components.js";
import { hostProblems, portProblems } from "./validation/hosts.js";
import { cycleProblems, linkProblems } from "./validation/links.js";
import { monitoringProblems, pipelineProblems } from "./validation/monitoring.js";
import { nameProblems } from "./validation/names.js";

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
