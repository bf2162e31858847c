import { deepFreeze } from "../deep-freeze.js";
import type { Link, Plan, PlannedComponent } from "../plan.js";
import { addressEnv, sortedRecord } from "./env.js";
import { networkRules } from "./rules.js";
import { sortedUnique } from "./sorted.js";
import { startOrder } from "./start-order.js";

/**
 * The plan for a machine that lacks some of its Redis servers: every client of one named here gets, under the same
 * alias, the URL, host and port of the component that stands in for it, and waits for that one. Links, rules and the
 * start order follow. The Redis component itself stays in the plan, so that it can be shown as served by its stand-in.
 *
 * A name that is not a Redis with a stand-in is a bug of the caller.
 */
export function withStandIns(plan: Plan, names: readonly string[]): Plan {
  const standIns = new Map(names.map((name) => [name, standInOf(plan, name)]));
  const links = plan.links.map((link) => repointed(link, standIns.get(link.to)));
  const components = startOrder(plan.components.map((component) => withLinks(component, plan.links, links, standIns)));
  const order = components.map(({ name }) => name);
  const hosts = plan.hosts.map((host) => ({ ...host, runs: order.filter((name) => host.runs.includes(name)) }));
  const rules = networkRules({ ...plan, hosts, components, links });
  return deepFreeze({ ...plan, components, hosts, links: inStartOrder(links, order), rules });
}

function standInOf(plan: Plan, name: string): PlannedComponent {
  const redis = plan.components.find((component) => component.name === name);
  const standIn = redis?.source.kind === "redis" ? redis.source.standIn : null;
  const component = plan.components.find((other) => other.name === standIn);
  if (component === undefined) throw new Error(`withStandIns takes the names of redis components with a stand-in, not "${name}"`);
  return component;
}

function repointed(link: Link, standIn: PlannedComponent | undefined): Link {
  if (standIn === undefined || standIn.port === null) return link;
  return { ...link, to: standIn.name, port: standIn.port, toHost: standIn.host };
}

function withLinks(
  component: PlannedComponent,
  before: readonly Link[],
  after: readonly Link[],
  standIns: ReadonlyMap<string, PlannedComponent>,
): PlannedComponent {
  const addresses = before
    .filter(({ from }) => from === component.name)
    .flatMap(({ alias, to }) => {
      const standIn = standIns.get(to);
      return standIn === undefined ? [] : addressEnv(alias, standIn);
    });
  return {
    ...component,
    after: sortedUnique(after.filter(({ from }) => from === component.name).map(({ to }) => to)),
    env: sortedRecord([...Object.entries(component.env), ...addresses]),
  };
}

/** The sort is stable: the links of one component keep the order in which its author wrote them. */
function inStartOrder(links: readonly Link[], order: readonly string[]): readonly Link[] {
  return [...links].sort((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
}
