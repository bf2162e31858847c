import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, propertyRuns, startDatabases } from "@groundplan/testing";
import fc from "fast-check";
import { partitionOf } from "../../../ballots/src/partition.js";
import { type QueueUnderTest, redisUnderTest } from "./queue-under-test.js";

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

test("for any voter of ASCII letters and signs, the script in Redis picks the partition that the vote service picks", async (context) => {
  if (databases.redisUrl === null) return context.skip("needs redis-server");
  const queue: QueueUnderTest = redisUnderTest(databases.redisUrl, databases.redis());
  await queue.ready();
  const voters = fc.array(
    fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 255 }).filter((voter) => !voter.includes("\0")),
    {
      minLength: 1,
      maxLength: 50,
    },
  );
  try {
    await fc.assert(
      fc.asyncProperty(voters, async (all) => {
        await queue.clear();
        for (const voter of all) await queue.pushClassic(JSON.stringify({ voter_id: voter, vote: "a" }));
        await queue.adoptClassic();
        const came = (await queue.entries()).map(({ partition, ballot }) => `${partition} ${ballot?.voter}`);
        assert.deepEqual(came.sort(), all.map((voter) => `${partitionOf(voter)} ${voter}`).sort());
      }),
      propertyRuns({ numRuns: 50 }),
    );
  } finally {
    await queue.close();
  }
});
