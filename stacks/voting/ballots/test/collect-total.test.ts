import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Counter, Registry } from "prom-client";
import { collectTotal } from "../src/service.js";

function counterOf(read: () => Promise<number>): Registry {
  const registry = new Registry();
  new Counter({
    name: "total",
    help: "a total",
    registers: [registry],
    async collect() {
      await collectTotal(this, read, () => undefined);
    },
  });
  return registry;
}

test("scrapes that overlap all get the total itself, not a multiple of it", async () => {
  const registry = counterOf(async () => {
    await sleep(5);
    return 2_300;
  });
  const texts = await Promise.all(Array.from({ length: 5 }, () => registry.metrics()));
  assert.deepEqual(
    texts.map((text) => /^total (\S+)$/m.exec(text)?.[1]),
    Array(5).fill("2300"),
  );
});

test("while its source is down a total is missing, and comes back", async () => {
  let down = true;
  const registry = counterOf(async () => {
    if (down) throw new Error("down");
    return 7;
  });
  assert.doesNotMatch(await registry.metrics(), /^total /m);
  down = false;
  assert.match(await registry.metrics(), /^total 7$/m);
  down = true;
  assert.doesNotMatch(await registry.metrics(), /^total /m);
});
