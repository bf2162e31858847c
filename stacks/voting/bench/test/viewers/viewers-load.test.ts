import assert from "node:assert/strict";
import { test } from "node:test";
import { ratiosToBare, type ViewersLoad, type ViewersRun } from "../../src/viewers/viewers-load.js";

const run = (p99: number, pushesPerSecond: number, cpu: ViewersRun["cpu"]): ViewersRun => ({
  pushesPerSecond,
  pushMs: { p50: 1, p90: 1, p99, max: p99 },
  cpu,
});
const load = (service: ViewersRun, ...bare: readonly [ViewersRun, ViewersRun]): ViewersLoad =>
  ({ viewers: 1_000, bare, service }) as unknown as ViewersLoad;

test("the service is compared with the mean of the bare server before and after, its CPU by the events that were handed over", () => {
  const ratios = ratiosToBare(
    load(run(90, 4, { result: 0.12 }), run(50, 5, { "bare server": 0.1 }), run(70, 2.5, { "bare server": 0.05 })),
  );
  assert.equal(ratios.p99, 1.5);
  assert.ok(Math.abs((ratios.cpu ?? 0) - 1.5) < 1e-9);
});

test("where the system tells no CPU times there is no ratio of them", () => {
  assert.equal(ratiosToBare(load(run(90, 4, null), run(50, 5, null), run(70, 5, null))).cpu, null);
});
