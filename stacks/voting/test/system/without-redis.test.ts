import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { killUnderLoad } from "./kill-under-load.js";

let run: VotingRun;
before(async () => {
  process.env.GROUNDPLAN_NO_REDIS = "1";
  run = await startVoting();
});
after(() => run.close());

test("without Redis the start says so in one line, and a vote is counted", async () => {
  assert.equal(run.notes.filter((note) => note.includes("redis")).length, 1, run.notes.join("\n"));
  assert.match(run.notes.join("\n"), /use db instead/);
  const vote = await fetch(`${run.voteUrl}/api/votes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"vote":"b"}',
  });
  assert.equal(vote.status, 202);
  const { ballot } = (await vote.json()) as { ballot: string };
  await until("the ballot is counted", async () => {
    const answer = (await (await fetch(`${run.resultUrl}/api/ballots/${ballot}`)).json()) as { state: string };
    return answer.state === "counted";
  });
});

for (const part of ["worker", "vote", "db"]) {
  test(`with the queue in PostgreSQL, kill -9 of ${part} in the middle of a load loses and doubles no acknowledged vote`, () =>
    killUnderLoad(run, part));
}
