import type { EnvValue, Plan } from "@groundplan/model";
import { engineText } from "../containers/compose-format.js";
import type { Container } from "../containers/container.js";
import { type ContainerPlan, containerPlanOf } from "../containers/container-plan.js";
import { markOf, shortNames } from "../containers/short-names.js";

/** What a plan means for Docker Swarm. */
export interface SwarmPlan {
  readonly containers: ContainerPlan;
  /** Of the components, in start order, then of monitoring. */
  readonly all: readonly Container[];
  /** Of all of them. */
  readonly secrets: readonly SwarmSecret[];
  /** What monitoring reads. */
  readonly configs: readonly SwarmConfig[];
  /** The name to deploy the stack under: its own, cut where that is too long for Swarm. */
  readonly name: string;
}

/** A file that one variable of one container is read from: swarm secrets are no variables. */
export interface SwarmSecret {
  readonly name: string;
  readonly container: string;
  /** The variable that it takes the place of. */
  readonly variable: string;
  /** The whole value of the variable. */
  readonly value: EnvValue;
}

/** A file that Swarm hands to the nodes itself: no node has to have it. */
export interface SwarmConfig {
  /** It has a mark of the contents: Swarm never changes a config, so that another one takes its place. */
  readonly name: string;
  /** The container that reads it. */
  readonly container: string;
  /** Beside stack.yaml. */
  readonly path: string;
  /** In the container. */
  readonly target: string;
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
    killsUnhealthy: true,
  });
  const all = [...containers.components, ...containers.monitoring];
  const secrets = secretsOf(all);
  const configs = configsOf(all);
  const longest = Math.max(...[...all, ...containers.networks, ...secrets, ...configs].map(({ name }) => name.length), 0);
  return { containers, all, secrets, configs, name: plan.stack.slice(0, LONGEST_NAME - 1 - longest).replace(/-$/, "") };
}

/** A secret for each variable that holds one, if only in a part, as a URL holds a password. */
function secretsOf(containers: readonly Container[]): readonly SwarmSecret[] {
  const unnamed = containers.flatMap((container) =>
    Object.entries(container.env)
      .filter(([, value]) => value.some(({ kind }) => kind === "secret"))
      .map(([variable, text]) => {
        const value = engineText(text);
        return { container: container.name, variable, value, wanted: wantedName(container, variable, value) };
      }),
  );
  const names = shortNames(
    unnamed.map(({ container, variable, wanted }) => ({ identity: `${container} ${variable}`, wanted })),
    LONGEST_OWN_NAME,
  );
  return unnamed.map(({ container, variable, value }) => ({
    name: names.get(`${container} ${variable}`) ?? "",
    container,
    variable,
    value,
  }));
}

/** The password of a database is called as in the stack file. */
function wantedName({ name, role }: Container, variable: string, [first]: EnvValue): string {
  return role === "database" && first?.kind === "secret" ? first.name : `${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
}

function configsOf(containers: readonly Container[]): readonly SwarmConfig[] {
  const files = containers.flatMap(({ name, files }) =>
    files.map(({ path, target, text }) => ({ container: name, path, target, wanted: `${nameOf(path)}-${markOf(text)}` })),
  );
  // What was too long is cut, and marked by all of it.
  const names = shortNames(
    files.map(({ wanted }) => ({ identity: wanted, wanted })),
    LONGEST_OWN_NAME,
  );
  return files.map(({ container, path, target, wanted }) => ({ name: names.get(wanted) ?? "", container, path, target }));
}

/** @example nameOf("grafana/dashboards/redis.json")   // "dashboards-redis" */
function nameOf(path: string): string {
  return path
    .replace(/\.\w+$/, "")
    .split("/")
    .slice(-2)
    .join("-");
}
