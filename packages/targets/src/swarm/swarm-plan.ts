import type { Plan } from "@groundplan/model";
import { type ContainerPlan, containerPlanOf } from "../containers/container-plan.js";
import { type SwarmConfig, swarmConfigs } from "./swarm-configs.js";
import { type SwarmSecret, swarmSecrets } from "./swarm-secrets.js";

/** What a plan means for Docker Swarm. */
export interface SwarmPlan {
  readonly containers: ContainerPlan;
  /** Of all components, in start order, then of monitoring. */
  readonly secrets: readonly SwarmSecret[];
  /** What monitoring reads. */
  readonly configs: readonly SwarmConfig[];
  /** The name to deploy the stack under: its own, cut where that is too long for Swarm. */
  readonly name: string;
}

/** Swarm names things <stack>_<name>, in 63 letters at most. */
const LONGEST_NAME = 63;
/** As long as a component's name may be. */
const LONGEST_OWN_NAME = 40;

export function swarmPlanOf(plan: Plan): SwarmPlan {
  // Ports are published by Swarm's own ingress network.
  const containers = containerPlanOf(plan, {
    longestName: LONGEST_OWN_NAME,
    publishing: false,
    // The name alone leads to a virtual address, behind which any copy answers.
    copiesOf: (service) => `tasks.${service}`,
    manyMachines: true,
  });
  const { components, monitoring, networks } = containers;
  const secrets = swarmSecrets([...components, ...monitoring], LONGEST_OWN_NAME);
  const configs = swarmConfigs(monitoring, LONGEST_OWN_NAME);
  const longest = Math.max(...[...components, ...monitoring, ...networks, ...secrets, ...configs].map(({ name }) => name.length), 0);
  return { containers, secrets, configs, name: plan.stack.slice(0, LONGEST_NAME - 1 - longest).replace(/-$/, "") };
}
