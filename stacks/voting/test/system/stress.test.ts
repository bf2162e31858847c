import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StressReport, stress } from "@voting/stress";
import { startVoting, type VotingRun } from "@voting/testing";

let run: VotingRun;
before(async () => {
  run = await startVoting();
});
after(() => run.close());

const cast = (votes: number, onProgress = (_phase: string, _done: number): void => undefined): Promise<StressReport> =>
  stress({ vote: run.voteUrl, result: run.resultUrl, votes, parallel: 40, stuckMs: 1_500, onProgress });

test("1,000 votes, 40 at a time: accepted = queued = persisted = visible, none lost, none invented", async () => {
  const report = await cast(1_000);
  assert.deepEqual(
    [report.accepted, report.queued, report.persisted, report.visible, report.phantom, report.missing.length],
    [1_000, 1_000, 1_000, 1_000, 0, 0],
  );
  assert.ok(report.exact);
  assert.ok(report.votesPerSecond > 0 && report.acceptLatencyMs.p99 >= report.acceptLatencyMs.p50);
});

test("a vote that nobody cast is found as a phantom", async () => {
  let planted: Promise<unknown> | null = null;
  const report = await cast(200, (phase) => {
    if (phase === "casting") planted ??= run.pool.query("INSERT INTO votes (id, vote) VALUES ('phantom', 'a')");
  });
  await planted;
  assert.equal(report.phantom, 1);
  assert.equal(report.exact, false);
});

test("ballots that are not counted are named, with what they wait for", async () => {
  await run.stack.stop("worker");
  const report = await cast(50);
  assert.deepEqual([report.accepted, report.queued, report.persisted, report.exact], [50, 50, 0, false]);
  assert.deepEqual([...new Set(report.missing.map((ballot) => ballot.state))], ["queued"]);
  assert.equal(report.missing.length, 50);
  await assert.rejects(cast(1), { message: "50 ballots wait in the queue and none is counted; is the worker running?" });
  await run.stack.restart("worker");
  assert.ok((await cast(50)).exact);
});
