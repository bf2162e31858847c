import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, propertyRuns, startDatabases } from "@groundplan/testing";
import fc from "fast-check";
import { type Command, commands, perform } from "./commands.js";
import { openWorlds, type Worlds } from "./open-worlds.js";
import type { World } from "./world.js";

/** In npm test the same histories each time, and no more begin after this; FC_RUNS=5000 makes a long run of new ones. */
const isLong = process.env.FC_RUNS !== undefined;
const TIME_LIMIT_MS = isLong ? Number.POSITIVE_INFINITY : 8_000;
const USUAL = { numRuns: 40, seed: 1 };
const runs = propertyRuns<[readonly Command[]]>(isLong ? {} : USUAL);

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

async function happen(world: World, history: readonly Command[]): Promise<void> {
  try {
    for (const command of history) {
      await perform(world, command);
      await world.check();
    }
    await world.drain();
  } finally {
    await world.clear();
  }
}

for (const kind of ["redis", "postgres"] as const) {
  test(`the ${kind} queue: whatever happens, each ballot is counted once and a voter's last one stands`, async (context) => {
    const world = worlds[kind];
    if (world === null) return context.skip("needs redis-server");
    let tried = 0;
    let lastBeginMs = performance.now() + TIME_LIMIT_MS;
    const property = fc.asyncProperty(commands, async (history) => {
      // fast-check's own limit leaves the last history running, into the tables of the next test.
      if (performance.now() > lastBeginMs) return;
      tried++;
      await happen(world, history).catch((error) => {
        // Smaller ones are looked for however long that takes.
        lastBeginMs = Number.POSITIVE_INFINITY;
        throw error;
      });
    });
    await fc.assert(property, runs);
    assert.ok(tried > 0);
    context.diagnostic(`${tried} histories`);
  });
}
