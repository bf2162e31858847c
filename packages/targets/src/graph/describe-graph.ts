import type { Plan } from "@groundplan/model";

/** What the picture shows, for those who do not see it. */
export function describeGraph(plan: Plan): string {
  const hosts = plan.hosts.map(({ name, subnet, runs }) => `Host ${name} in the ${subnet} subnet runs ${runs.join(", ") || "nothing"}.`);
  const entries = plan.components
    .filter((component) => component.public)
    .map(({ name, port }) => `The internet reaches ${name} on port ${port}.`);
  const links = plan.links.map(({ from, to, port }) => `${from} uses ${to} on port ${port}.`);
  return [...hosts, ...entries, ...links].join(" ");
}
