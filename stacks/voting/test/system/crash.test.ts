import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { assertExact } from "./exactness.js";
import { castAs, newVoter, type Voter } from "./voters.js";

let run: VotingRun;
before(async () => {
  run = await startVoting();
});
after(() => run.close());

/** 20 voters who vote as fast as they get answers, until told to stop. */
function startLoad(): { readonly voters: Voter[]; acknowledged(): number; stop(): Promise<void> } {
  const voters = Array.from({ length: 20 }, newVoter);
  let stopped = false;
  const voting = voters.map(async (voter, index) => {
    for (let round = index; !stopped; round++) {
      const taken = await castAs(voter, run.voteUrl, round % 3 === 0 ? "a" : "b");
      // While a part is down answers come at once; a voter who is told to try again does not do so a thousand times a second.
      if (!taken) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return {
    voters,
    acknowledged: () => voters.reduce((sum, voter) => sum + voter.receipts.length, 0),
    async stop() {
      stopped = true;
      await Promise.all(voting);
    },
  };
}

for (const part of ["worker", "vote", "redis", "db"]) {
  test(`kill -9 of ${part} in the middle of a load loses and doubles no acknowledged vote`, async (context) => {
    if (part === "redis" && run.redisUrl === null) return context.skip("needs redis-server");
    const load = startLoad();
    try {
      for (let times = 1; times <= 2; times++) {
        const before = load.acknowledged();
        await until("the load is under way", () => load.acknowledged() > before + 200);
        await run.stack.kill(part);
        await until(`${part} is back`, () => run.stack.states().find((state) => state.name === part)?.status === "healthy");
      }
      const healed = load.acknowledged();
      await until("votes are accepted again", () => load.acknowledged() > healed + 200);
    } finally {
      await load.stop();
    }
    await assertExact(run, load.voters);
  });
}

test("a second worker shares the partitions, and takes them all over when the first is killed", async () => {
  const held = async (): Promise<number[]> => {
    const { rows } = await run.pool.query<{ n: number }>(
      "SELECT COUNT(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND classid = 7301 AND granted GROUP BY pid ORDER BY n",
    );
    return rows.map((row) => row.n);
  };
  await run.addWorker();
  const load = startLoad();
  try {
    await until("both workers hold partitions", async () => (await held()).join() === "2,2");
    const shared = load.acknowledged();
    await until("votes flow through both", () => load.acknowledged() > shared + 500);
    await run.stack.stop("worker");
    await until("the second worker holds all partitions", async () => (await held()).join() === "4");
  } finally {
    await load.stop();
  }
  await assertExact(run, load.voters);
  await run.stack.restart("worker");
  assert.equal(
    (await held()).reduce((sum, n) => sum + n, 0),
    4,
  );
});
