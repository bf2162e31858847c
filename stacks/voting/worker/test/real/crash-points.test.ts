import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases } from "@groundplan/testing";
import { castAll } from "./cast-all.js";
import { openWorlds, type Worlds } from "./open-worlds.js";
import type { Fault } from "./stepped-worker.js";
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

/** Many times what the work takes. */
const MOST_EFFECTS = 1_000;

/** What goes on while the worker at place 0 is the one that fails, and how it begins. */
interface Scene {
  readonly queue: "redis" | "postgres";
  readonly name: string;
  begin(world: World): Promise<void>;
  /** The worker does one effect, and those beside it do theirs. Returns which it did. */
  proceed(world: World, fault?: Fault): Promise<string>;
  readonly faults: readonly Fault[];
}

const alone = {
  name: "a worker that starts, counts and trims",
  begin: castAll,
  proceed: (world: World, fault?: Fault) => world.step(0, fault),
};

const besideAnother = {
  name: "a worker beside another that goes on",
  async begin(world: World) {
    await world.share();
    await castAll(world);
  },
  async proceed(world: World, fault?: Fault) {
    const effect = await world.stride(0, fault);
    await world.stride(1);
    return effect;
  },
};

// To die after an effect is to die before the next one: nobody else can tell.
const CRASHES: readonly Fault[] = [
  { kind: "crash", when: "before" },
  { kind: "crash", when: "under way" },
];
const ANSWER_LOST: Fault = { kind: "failure", when: "after" };

const SCENES: readonly Scene[] = [
  { queue: "redis", ...alone, faults: [...CRASHES, ANSWER_LOST, { kind: "failure", when: "under way" }] },
  { queue: "redis", ...besideAnother, faults: [...CRASHES, ANSWER_LOST] },
  { queue: "postgres", ...alone, faults: [...CRASHES, ANSWER_LOST] },
];

for (const { queue, name, begin, proceed, faults } of SCENES) {
  test(`${queue}: ${name} may die or lose its connection at every step: all is counted once and in order`, async (context) => {
    const world = worlds[queue];
    if (world === null) return context.skip("needs redis-server");
    const effects = await effectsWithoutFault(world);
    for (const fault of faults) {
      for (const [index, effect] of effects.entries()) {
        try {
          await begin(world);
          for (let n = 0; n < index; n++) await proceed(world);
          assert.equal(await proceed(world, fault), effect);
          await world.drain();
        } catch (error) {
          const where = `after a ${fault.kind} ${fault.when} effect ${index + 1}, "${effect}"`;
          throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
        } finally {
          await world.clear();
        }
      }
    }
    context.diagnostic(`${faults.length * effects.length} points: ${faults.length} kinds of fault at each of ${effects.length} effects`);
  });

  /** What the worker does until all is done, when nothing goes wrong. */
  async function effectsWithoutFault(world: World): Promise<readonly string[]> {
    const effects: string[] = [];
    try {
      await begin(world);
      while (!(await world.isDrained())) {
        assert.ok(effects.length < MOST_EFFECTS, `the worker is stuck: after ${effects.length} effects there is work left`);
        effects.push(await proceed(world));
      }
      await world.drain();
      for (const place of world.places) assert.equal(world.worker(place).connects, 1, "a worker without trouble began anew");
    } finally {
      await world.clear();
    }
    return effects;
  }
}

test("the worker that takes over trims what the dead one had counted", async () => {
  const world = worlds.redis ?? worlds.postgres;
  await world.share();
  await world.cast(["v0", "v1", "v2", "v3"].map((voter) => ({ voter, option: "a" })));
  await world.goOnUntil(1, "trim");
  await world.goOnUntil(0, "count-ballots");
  world.worker(0).crash();
  await world.drain();
  await world.clear();
});

test("a worker may die at every step of bringing the schema up: the next one does", async (context) => {
  const world = worlds.postgres;
  let points = 0;
  for (let preparing = true; preparing; points++) {
    await world.dropSchema();
    for (let n = 0; n <= points; n++) await world.step(0);
    preparing = world.worker(0).preparing;
    await world.step(0, { kind: "crash", when: "under way" });
    await world.stride(0);
    await castAll(world);
    await world.drain();
    await world.clear();
  }
  context.diagnostic(`${points} points`);
});
