import { after, before, test } from "node:test";
import { type Databases, startDatabases } from "@groundplan/testing";
import { castAll } from "./cast-all.js";
import { openWorlds, type Worlds } from "./open-worlds.js";
import type { World } from "./world.js";

let databases: Databases;
let worlds: Worlds;

before(async () => {
  databases = await startDatabases({ redis: true });
  worlds = await openWorlds(databases);
});
after(async () => {
  await worlds.close();
  await databases.close();
});

/** What happens to a worker that goes on as if nothing had. */
const SURPRISES: readonly { readonly name: string; happen(world: World): Promise<void> }[] = [
  {
    name: "its claims are another's, who has counted on",
    async happen(world) {
      await world.worker(0).loseClaims();
      await world.drain([1]);
    },
  },
  { name: "the queue is emptied, and its clock set back", happen: (world) => world.emptyQueue() },
  { name: "the queue is replaced by an older copy", happen: (world) => world.restoreQueue() },
];

for (const { name, happen } of SURPRISES) {
  test(`a worker may find at every step that ${name}: all is counted once and in order`, async (context) => {
    const world = worlds.redis;
    if (world === null) return context.skip("needs redis-server");
    let points = 0;
    for (let drained = false; !drained; points++) {
      try {
        await world.setQueueClockAhead();
        await castAll(world);
        await world.copyQueue();
        await world.cast([{ voter: "v2", option: "b" }]);
        for (let n = 0; n < points; n++) await world.stride(0);
        drained = await world.isDrained();
        await happen(world);
        await world.cast([{ voter: "v0", option: "b" }]);
        await world.stride(0);
        await world.check();
        await world.drain();
      } catch (error) {
        throw new Error(`after ${points} effects: ${(error as Error).message}`, { cause: error });
      } finally {
        await world.clear();
      }
    }
    context.diagnostic(`${points} points`);
  });
}
