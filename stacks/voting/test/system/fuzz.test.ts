import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz, renderFuzz } from "@voting/fuzz";

test("generated input of every kind: each answer and each ballot is as the contract says, with the queue up and down", async (context) => {
  const progress: string[] = [];
  const report = await fuzz({
    seed: 20_260_101,
    connections: 20,
    requests: 20_000,
    limitMs: 25_000,
    onProgress: (text) => progress.push(text),
  });
  context.diagnostic(`${report.requests} requests in ${report.seconds} s, ${report.requestsWhileDown} of them with the queue down`);
  assert.ok(report.passed, renderFuzz(report));
  assert.ok(report.requests > 1_000 && report.requestsWhileDown > 50, progress.join("\n"));
  assert.ok(report.levels.acknowledged > 300, renderFuzz(report));
});
