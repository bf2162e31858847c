import { deepFreeze } from "../deep-freeze.js";
import type { ComponentDefinition, StackDefinition } from "../definition.js";
import type { HealthCheck, Link, Plan, PlannedComponent } from "../plan.js";
import { validateStack } from "../validation/validate-stack.js";
import { awsPlan } from "./aws.js";
import { componentEnv } from "./component-env.js";
import { componentSource, passwordSecretOf } from "./component-source.js";
import { plannedHosts } from "./planned-hosts.js";
import { networkRules } from "./rules.js";
import { scrapeTargets } from "./scrapes.js";
import { sortedUnique } from "./sorted.js";
import { startOrder } from "./start-order.js";

/**
 * Derives all that follows from a stack. The same stack gives the same plan, to the byte.
 * The stack must be valid: a stack with problems is a bug of the caller, who asks `validateStack` first.
 */
export function planOf(stack: StackDefinition): Plan {
  const [problem, ...more] = validateStack(stack);
  if (problem !== undefined) {
    throw new Error(
      `planOf takes a valid stack, call validateStack first: ${problem.at} ${problem.code} ${problem.message} (${more.length} more)`,
    );
  }
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
  return deepFreeze({
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
  });
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
      return component.port === null ? { kind: "process" } : { kind: "http", port: component.port, path: component.health };
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
