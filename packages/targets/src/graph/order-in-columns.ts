import type { Plan, PlannedComponent, PlannedHost } from "@groundplan/model";

/**
 * The components of a host by column, each column from top to bottom. Within a column those come first whose neighbours
 * in the columns before are higher up, which keeps links from crossing without need.
 */
export function orderInColumns(
  plan: Plan,
  host: PlannedHost,
  layerOf: ReadonlyMap<string, number>,
  columnCount: number,
): readonly (readonly PlannedComponent[])[] {
  const components = plan.components.filter(({ name }) => host.runs.includes(name));
  const heightOf = new Map<string, number>();
  return Array.from({ length: columnCount }, (_, column) => {
    const members = components.filter(({ name }) => layerOf.get(name) === column);
    const wish = new Map(members.map(({ name }, index) => [name, averageHeight(plan, name, heightOf) ?? index / members.length]));
    // The sort is stable, so equal wishes keep the start order.
    members.sort((a, b) => (wish.get(a.name) ?? 0) - (wish.get(b.name) ?? 0));
    members.forEach(({ name }, index) => {
      heightOf.set(name, (index + 0.5) / members.length);
    });
    return members;
  });
}

/** From 0, the top, to 1; `null` when nothing on this host uses it. */
function averageHeight(plan: Plan, name: string, heightOf: ReadonlyMap<string, number>): number | null {
  const heights = plan.links.flatMap(({ from, to }) => (to === name ? (heightOf.get(from) ?? []) : []));
  return heights.length === 0 ? null : heights.reduce((sum, height) => sum + height, 0) / heights.length;
}
