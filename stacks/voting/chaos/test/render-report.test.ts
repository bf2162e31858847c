import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChaosReport, isExact } from "../src/chaos-report.js";
import type { FaultKind } from "../src/faults/fault.js";
import { faultClasses, renderJson, renderReport } from "../src/render-report.js";

const record = (kind: FaultKind, acceptedAgainMs: number | null, countedAgainMs: number | null, missed: string | null = null) => ({
  fault: { kind, after: "recovery" as const, pauseMs: 0, target: kind, how: "kill -9", forMs: 0, amount: 0 },
  beganMs: 0,
  missed,
  acceptedAgainMs,
  countedAgainMs,
});

const good: ChaosReport = {
  seed: 42,
  kinds: ["vote", "worker"],
  notPossible: { clock: "needs libfaketime" },
  forMs: 60_000,
  votesPerSecond: 200,
  faults: [
    record("vote", 100, 300),
    record("worker", 5, 900),
    record("vote", 300, 500),
    record("vote", 200, null),
    record("vote", null, null, "down"),
  ],
  counts: { acknowledged: 10, refused: 2, unreachable: 1, unanswered: 3, retries: 4, concurrent: 5, pressedAgain: 6, classic: 6 },
  voters: 7,
  ledger: 12,
  mayBeLost: 0,
  resultReads: 1,
  receiptLookups: 1,
  viewerEvents: 1,
  healthyAfterMs: 10,
  drainedAfterMs: 20,
  largestMb: { vote: 80 },
  verdict: { lost: [], doubled: [], invented: [], wrongStanding: [] },
  broken: [],
  problems: [],
};

test("each class of faults has how often it came, and median and longest time of recovery", () => {
  assert.deepEqual(faultClasses(good.faults), [
    { kind: "worker", times: 1, missed: 0, acceptedAgainMs: { median: 5, max: 5 }, countedAgainMs: { median: 900, max: 900 } },
    { kind: "vote", times: 3, missed: 1, acceptedAgainMs: { median: 200, max: 300 }, countedAgainMs: { median: 300, max: 500 } },
  ]);
  const text = renderReport(good);
  assert.match(text, /^vote +3 +1 +200 +300 +300 +500$/m);
  assert.match(text, /^all +4 +1$/m);
  assert.match(text, /not tried: clock \(needs libfaketime\)/);
  assert.match(text, /phantom votes: 0\nexact:/);
});

test("anything wrong is named, and makes the run fail", () => {
  const verdicts = ["lost", "doubled", "invented", "wrongStanding"].map((name) => ({
    ...good,
    verdict: { ...good.verdict, [name]: ["ballot X"] },
  }));
  for (const bad of [...verdicts, { ...good, broken: ["ballot X"] }, { ...good, problems: ["ballot X"] }]) {
    assert.equal(isExact(bad), false);
    assert.match(renderReport(bad), /: 1\n {2}ballot X\n[\s\S]*FAILED: see above/);
    assert.equal(JSON.parse(renderJson(bad)).exact, false);
  }
  assert.ok(isExact(good));
  const idle = { ...good, counts: { ...good.counts, acknowledged: 0 } };
  assert.equal(isExact(idle), false);
  assert.match(renderReport(idle), /FAILED: no vote was acknowledged/);
});
