import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { assertExact } from "./exactness.js";
import { killUnderLoad } from "./kill-under-load.js";
import { startLoad } from "./load.js";

let run: VotingRun;
before(async () => {
  run = await startVoting();
});
after(() => run.close());

for (const part of ["worker", "vote", "redis", "db", "result"]) {
  test(`kill -9 of ${part} in the middle of a load loses and doubles no acknowledged vote`, async (context) => {
    if (part === "redis" && run.redisUrl === null) return context.skip("needs redis-server");
    await killUnderLoad(run, part);
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
  const load = startLoad(run);
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
