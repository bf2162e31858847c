import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz, renderFuzz } from "@voting/fuzz";

/** FUZZ_SEED=7 sends other bytes. */
const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);

test("generated input of every kind: each answer and each ballot is as the contract says, with the queue up and down", async (context) => {
  const progress: string[] = [];
  const report = await fuzz({
    seed,
    connections: 20,
    requests: 20_000,
    limitMs: 25_000,
    // A slow machine takes longer, and tries no less.
    leastRequests: 1_500,
    onProgress: (text) => progress.push(text),
  });
  context.diagnostic(`${report.requests} requests in ${report.seconds} s, ${report.requestsWhileDown} of them with the queue down`);
  assert.ok(report.passed, `${renderFuzz(report)}\nThe same bytes again: FUZZ_SEED=${seed} npm test -- fuzz.test`);
  assert.ok(report.requests > 1_000 && report.requestsWhileDown > 50, progress.join("\n"));
  assert.ok(report.levels.acknowledged > 300, renderFuzz(report));
});
