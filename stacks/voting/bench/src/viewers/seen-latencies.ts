import type { SeenPush } from "./crowd.js";
import { LatencyCounts } from "./latency-counts.js";

/** From the publishing of each push to each viewer having it. */
export function pushLatencies(pushes: readonly SeenPush[]): LatencyCounts {
  const all = new LatencyCounts();
  for (const { latencies } of pushes) all.addAll(latencies);
  return all;
}

/**
 * From the time at which each vote was due (in ms since 1970, ascending) to each viewer having a push that includes it. Votes become
 * visible in about the order in which they were due: the n-th shows with the first total of at least `totalBefore` + n.
 */
export function seenLatencies(dueAtMs: readonly number[], totalBefore: number, pushes: readonly SeenPush[]): LatencyCounts {
  const all = new LatencyCounts();
  let next = 0;
  for (const [index, dueMs] of dueAtMs.entries()) {
    while (next < pushes.length && (pushes[next] as SeenPush).total < totalBefore + index + 1) next++;
    const push = pushes[next];
    if (push === undefined) throw new Error(`no push includes vote ${index + 1}`);
    all.addAll(push.latencies, push.publishedAtMs - dueMs);
  }
  return all;
}
