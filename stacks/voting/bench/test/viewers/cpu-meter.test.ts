import assert from "node:assert/strict";
import { test } from "node:test";
import { parseProcessStat, startCpuMeter } from "../../src/viewers/cpu-meter.js";

test("a process's times are found whatever its name is", () => {
  const text = "4711 (a (b) c 1 2 3) S 42 4711 4711 0 -1 4194560 100 200 0 0 150 25 900 800 20 0 1 0 12345\n";
  assert.deepEqual(parseProcessStat(text), { parent: 42, usedMs: 1_750 });
});

test("a process that works is seen to use a core, and one that waits is not", (context) => {
  if (process.platform !== "linux") return context.skip("needs Linux");
  const read = startCpuMeter({ self: process.pid }, { first: 1 });
  const startedMs = process.cpuUsage().user;
  while (process.cpuUsage().user - startedMs < 200_000);
  const shares = read();
  assert.ok((shares?.self ?? 0) > 0 && (shares?.self ?? 0) < 1.3, JSON.stringify(shares));
  assert.ok(shares !== null && "others" in shares && "first" in shares);
});
