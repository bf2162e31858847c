import type { Plan } from "@groundplan/model";
import { type ContainerPlan, containerPlanOf } from "../containers/container-plan.js";
import { type SwarmSecret, swarmSecrets } from "./swarm-secrets.js";

/** What a plan means for Docker Swarm. */
export interface SwarmPlan {
  readonly containers: ContainerPlan;
  /** Of all components, in start order. */
  readonly secrets: readonly SwarmSecret[];
  /** The name to deploy the stack under: its own, cut where that is too long for Swarm. */
  readonly name: string;
}

/** Swarm names things <stack>_<name>, in 63 letters at most. */
const LONGEST_NAME = 63;
/** As long as a component's name may be. */
const LONGEST_OWN_NAME = 40;

export function swarmPlanOf(plan: Plan): SwarmPlan {
  // Ports are published by Swarm's own ingress network.
  const containers = containerPlanOf(plan, { longestName: LONGEST_OWN_NAME, publishing: false });
  const secrets = swarmSecrets(containers.components, LONGEST_OWN_NAME);
  const longest = Math.max(...[...containers.components, ...containers.networks, ...secrets].map(({ name }) => name.length), 0);
  return { containers, secrets, name: plan.stack.slice(0, LONGEST_NAME - 1 - longest).replace(/-$/, "") };
}
