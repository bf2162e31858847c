import type { Plan, PlannedComponent } from "@groundplan/model";
import { type ContainerNetwork, containerNetworks, type NetworkMember, type NetworkNeeds } from "./container-networks.js";
import { type MonitoringNeeds, type MonitoringPart, monitoringParts } from "./monitoring-parts.js";
import { publishedPorts } from "./published-ports.js";

/** What a plan means for an engine that runs containers: what Compose and Swarm have in common. */
export interface ContainerPlan {
  readonly plan: Plan;
  /** The components that an image can be had for, in start order. */
  readonly components: readonly PlannedComponent[];
  /** Services with a command only: they run on a laptop, and nowhere here. */
  readonly leftOut: readonly PlannedComponent[];
  /** The programs of monitoring; empty for a stack without. */
  readonly monitoring: readonly MonitoringPart[];
  readonly networks: readonly ContainerNetwork[];
  /** Public service, not of monitoring -> port of the machine. */
  readonly ports: ReadonlyMap<string, number>;
}

export type EngineNeeds = NetworkNeeds & MonitoringNeeds;

/** Compose's: Docker allows names of any length, and a published port needs a network that is not internal. */
const COMPOSE_NEEDS: EngineNeeds = {
  longestName: Number.POSITIVE_INFINITY,
  publishing: true,
  copiesOf: (service) => service,
  manyMachines: false,
};

export function containerPlanOf(plan: Plan, needs: EngineNeeds = COMPOSE_NEEDS): ContainerPlan {
  const components = plan.components.filter(hasImage);
  const names = new Set(components.map(({ name }) => name));
  const links = plan.links.filter(({ from, to }) => names.has(from) && names.has(to));
  const monitoring = monitoringParts(plan, names, needs);
  const reaches = monitoring.flatMap(({ name, reaches: others }) => others.map((to) => ({ from: name, to })));
  return {
    plan,
    components,
    leftOut: plan.components.filter((component) => !hasImage(component)),
    monitoring,
    networks: containerNetworks([...components.map(memberOf), ...monitoring], [...links, ...reaches], needs),
    ports: new Map([...publishedPorts(plan)].filter(([name]) => names.has(name))),
  };
}

/** Names of those here that use a component, in start order. */
export function usersOf({ components }: ContainerPlan, name: string): readonly string[] {
  return components.filter(({ after }) => after.includes(name)).map((user) => user.name);
}

function memberOf({ name, public: isPublic, source }: PlannedComponent): NetworkMember {
  return { name, public: isPublic, outbound: source.kind === "service" && source.internet };
}

function hasImage({ source }: PlannedComponent): boolean {
  return source.image !== null;
}
