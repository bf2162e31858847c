import type { World } from "./world.js";

/**
 * Ballots for several batches: voters in all partitions, one who votes often, a retry, an option that the poll does not have; and by the
 * classic list a vote and rubbish.
 */
export async function castAll(world: World): Promise<void> {
  await world.cast(["v0", "v1", "v2", "v3", "v0", "v0", "v0"].map((voter, n) => ({ voter, option: n % 3 === 0 ? "a" : "b" })));
  await world.retry(0, "b");
  await world.cast([{ voter: "v1", option: "zebra" }]);
  await world.castClassic({ voter: "v1", option: "a" });
  await world.castRubbish("no json");
}
