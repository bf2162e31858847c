import type { Reach, ReachEnd } from "./reach.js";

/** A way through hosts, each of which has to be taken over first. */
export interface ReachPath<Step extends Reach> {
  readonly from: ReachEnd;
  /** The hosts on the way, in order. Empty: a direct connection. */
  readonly via: readonly ReachEnd[];
  /** The last connection: its `to` and `port` are what is reached. */
  readonly last: Step;
}

/**
 * What one end reaches when every host that it reaches may be used to go on: to each host and port the shortest way.
 *
 * @param from Where all ways start.
 * @param hops The most connections of a way; 1: direct ones only.
 * @param hosts The names of the hosts: a way goes on from these only, never by way of the internet.
 * @example reachPaths(reachability(plan), "frontend", 2, plan.hosts.map(({ name }) => name))   // what two steps from the frontend reach
 */
export function reachPaths<Step extends Reach>(
  reaches: readonly Step[],
  from: ReachEnd,
  hops: number,
  hosts: readonly string[],
): readonly ReachPath<Step>[] {
  const found = new Map<string, ReachPath<Step>>();
  const seen = new Set([from]);
  let frontier: readonly { readonly at: ReachEnd; readonly via: readonly ReachEnd[] }[] = [{ at: from, via: [] }];
  for (let hop = 1; hop <= hops && frontier.length > 0; hop++) {
    const next = new Map<ReachEnd, readonly ReachEnd[]>();
    for (const { at, via } of frontier) {
      for (const last of reaches.filter((reach) => reach.from === at && reach.to !== from)) {
        const goal = [last.to, last.port, last.protocol].join(" ");
        if (!found.has(goal)) found.set(goal, { from, via, last });
        if (hosts.includes(last.to) && !seen.has(last.to) && !next.has(last.to)) next.set(last.to, [...via, last.to]);
      }
    }
    for (const end of next.keys()) seen.add(end);
    frontier = [...next].map(([at, via]) => ({ at, via }));
  }
  return [...found.values()];
}
