import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ChaosReport, chaos, FAULT_KINDS, faultClasses, isExact, renderReport, settle, startWorld, type World } from "@voting/chaos";

/** Two decks of faults: one of a kind may come while its part is down already. */
const LEAST_FAULTS = 2 * FAULT_KINDS.length;

/** CHAOS_SEED=7 breaks things in another order. */
const seed = Number(process.env.CHAOS_SEED ?? 42);
const shown = (of: ChaosReport): string => `${renderReport(of)}\nThe same faults again: CHAOS_SEED=${seed} npm test -- chaos.test`;

let world: World;
let report: ChaosReport;
before(async () => {
  world = await startWorld({ kinds: FAULT_KINDS });
  const quiet = { fault: () => undefined, missed: () => undefined, progress: () => undefined, phase: () => undefined };
  const options = { seed, kinds: FAULT_KINDS, forMs: 25_000, leastFaults: LEAST_FAULTS, votesPerSecond: 150 };
  report = await chaos(world, { ...options, stop: new AbortController().signal, tell: quiet });
});
after(() => world.close({ keepData: false }));

test("while everything is broken again and again no acknowledged vote is lost, doubled or misjudged, and none is invented", () => {
  assert.ok(isExact(report), shown(report));
  assert.ok(report.counts.acknowledged > LEAST_FAULTS, shown(report));
  assert.ok(report.resultReads > 0 && report.receiptLookups > 0 && report.viewerEvents > 0, shown(report));
});

for (const kind of FAULT_KINDS) {
  test(`votes were counted again after each fault of the kind ${kind}`, (context) => {
    const reason = report.notPossible[kind];
    if (reason !== undefined) return context.skip(reason);
    const done = report.faults.filter((record) => record.fault.kind === kind && record.missed === null);
    assert.ok(done.length > 0, shown(report));
    assert.ok(
      done.every((record) => record.countedAgainMs !== null),
      shown(report),
    );
    assert.equal(faultClasses(report.faults).find((row) => row.kind === kind)?.times, done.length);
  });
}

test("what does not get well by itself is named", async () => {
  await world.run.stack.stop("worker");
  const vote = { method: "POST", headers: { "content-type": "application/json" }, body: '{"vote":"a"}' };
  assert.equal((await fetch(`${world.run.voteUrl}/api/votes`, vote)).status, 202);
  const { drainedMs, problems } = await settle(world.run, 1_000);
  assert.equal(drainedMs, null);
  assert.match(problems.join("\n"), /^worker is stopped .*\nthe queue is not empty /);
});
