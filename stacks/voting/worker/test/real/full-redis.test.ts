import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until, untilDone } from "@groundplan/testing";
import { type BallotQueue, openQueue, orderedUuid } from "@voting/ballots";
import { runWorker } from "./running-worker.js";

const ignore = (): void => undefined;

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

const castOne = (queue: BallotQueue): Promise<unknown> =>
  queue.enqueue([{ id: orderedUuid(), voter: orderedUuid(), option: "a", acceptedAtMs: 0 }]);

test("a full Redis takes no votes; counting goes on past what is no ballot, and it takes votes again by itself", async (context) => {
  const { redisUrl, databaseUrl } = databases;
  if (redisUrl === null) return context.skip("needs redis-server");
  const redis = databases.redis();
  const queue = openQueue(redisUrl, ignore);
  const client = await databases.connect();
  await untilDone("the queue takes ballots", () => castOne(queue));
  // The bad entries stand first, in the middle and last.
  await redis.xadd("{ballots}:1", "*", "stranger", "first");
  await redis.rpush("votes", "no vote", '{"voter_id": "v1", "vote": "a"}');
  await Promise.all(Array.from({ length: 50 }, () => castOne(queue)));
  await redis.xadd("{ballots}:2", "*", "stranger", "last");
  const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
  await redis.config("SET", "maxmemory", String(Math.floor(used / 2)));
  await assert.rejects(castOne(queue), /OOM/);

  const worker = runWorker({ queueUrl: redisUrl, databaseUrl });
  context.after(async () => {
    await worker.stop();
    await queue.close();
  });
  await until("all is counted", async () => (await client.query("SELECT FROM ballots").catch(() => null))?.rowCount === 52);
  await until("all that is no ballot is put aside", async () => (await client.query("SELECT FROM rejected")).rowCount === 3);
  await until(
    "what is counted is forgotten",
    async () => Number(await redis.xlen("{ballots}:0")) === 0 && (await queue.totals()).retained === 0,
  );
  assert.equal(worker.trouble(), null);
  assert.equal(await redis.llen("votes:rejected"), 0);
  await assert.rejects(castOne(queue), /OOM/);

  await redis.config("SET", "maxmemory", "0");
  await untilDone("votes are taken again", () => castOne(queue));
  await until("they are counted", async () => (await client.query("SELECT FROM ballots")).rowCount === 53);
  await redis.rpush("votes", "no vote either");
  await until("the list tells what was put aside", async () => (await redis.llen("votes:rejected")) === 4);
});
