import type { Plan } from "@groundplan/model";

/**
 * The column of each component: 0 where nothing uses it, else one more than the rightmost of its users.
 * So every link leads to the right.
 */
export function layers(plan: Plan): ReadonlyMap<string, number> {
  const layer = new Map<string, number>();
  // Start order puts a component after all that it uses, so in reverse each user comes before what it uses.
  for (const { name } of [...plan.components].reverse()) {
    const users = plan.links.filter(({ to }) => to === name).map(({ from }) => (layer.get(from) ?? 0) + 1);
    layer.set(name, Math.max(0, ...users));
  }
  return layer;
}
