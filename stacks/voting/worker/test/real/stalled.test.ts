import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until, untilDone } from "@groundplan/testing";
import { openQueue, orderedUuid } from "@voting/ballots";
import { Redis } from "ioredis";
import pg from "pg";
import { runWorker } from "./running-worker.js";

const ignore = (): void => undefined;

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

test("a worker that waits for a lock on the votes says so, can be stopped while it waits, and counts on when the lock is gone", {
  timeout: 120_000,
}, async (context) => {
  const queueUrl = databases.redisUrl ?? databases.databaseUrl;
  const queue = openQueue(queueUrl, ignore);
  const client = new pg.Client(databases.databaseUrl);
  await client.connect();
  const worker = runWorker({ queueUrl, databaseUrl: databases.databaseUrl });
  context.after(async () => {
    await queue.close();
    await client.end();
  });
  const cast = (): Promise<unknown> => queue.enqueue([{ id: orderedUuid(), voter: "v1", option: "a", acceptedAtMs: 0 }]);
  const counted = async (): Promise<number> => (await client.query("SELECT FROM ballots")).rowCount ?? 0;
  await untilDone("a vote is taken", cast);
  await until("it is counted", async () => (await counted().catch(() => 0)) === 1);
  await until("it is healthy", () => worker.trouble() === null);

  await client.query("BEGIN; LOCK TABLE votes IN EXCLUSIVE MODE");
  await cast();
  await until("it says what it waits for", () => worker.trouble()?.includes("holds a lock") ?? false);
  const startedMs = performance.now();
  await worker.stop();
  assert.ok(performance.now() - startedMs < 10_000);
  await client.query("COMMIT");
  const next = runWorker({ queueUrl, databaseUrl: databases.databaseUrl });
  await until("the next one counts on", async () => (await counted()) === 2);
  await next.stop();
});

test("an entry of a newer format stops its partition alone, is said, and is counted when there is a worker that reads it", {
  timeout: 120_000,
}, async (context) => {
  if (databases.redisUrl === null) return context.skip("needs redis-server");
  const redis = new Redis(databases.redisUrl);
  const client = new pg.Client(databases.databaseUrl);
  await client.connect();
  const queue = openQueue(databases.redisUrl, ignore);
  const worker = runWorker({ queueUrl: databases.redisUrl, databaseUrl: databases.databaseUrl });
  context.after(async () => {
    await worker.stop();
    await queue.close();
    await redis.quit();
    await client.end();
  });
  await until("it is healthy", () => worker.trouble() === null);
  const position = await redis.xadd("{ballots}:1", "*", "ballot/2", "whatever comes");
  await until("it says so", () => worker.trouble()?.includes(`its entry ${position} has a format of a newer version`) ?? false);
  assert.equal(await worker.metric("votes_partitions_stopped"), 1);
  // Behind it nothing is counted, elsewhere all is.
  const before = (await client.query("SELECT FROM ballots")).rowCount ?? 0;
  await redis.xadd("{ballots}:1", "*", "ballot", `${orderedUuid()} behind a 1`);
  await redis.xadd("{ballots}:2", "*", "ballot", `${orderedUuid()} elsewhere zebra 1`);
  await until(
    "the others go on",
    async () => (await client.query("SELECT FROM votes WHERE id = 'elsewhere' AND vote = 'zebra'")).rowCount === 1,
  );
  assert.equal((await client.query("SELECT FROM ballots")).rowCount, before + 1);
  assert.equal((await client.query("SELECT FROM rejected")).rowCount, 0);
  // A newer worker takes the partition over for a moment.
  await client.query(
    "UPDATE positions SET position = $1, entries = entries + 1, entries_at = $1, passed = passed + 1, rejected = rejected + 1 WHERE partition = 1",
    [position],
  );
  await until("it goes on", async () => (await client.query("SELECT FROM votes WHERE id = 'behind'")).rowCount === 1);
  await until("it is healthy again", () => worker.trouble() === null);
});
