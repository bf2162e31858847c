import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { type Databases, startDatabases, until, untilDone } from "@groundplan/testing";
import { type Ballot, type BallotQueue, connectClient, endClient, openQueue, openReader, orderedUuid } from "@voting/ballots";
import { Redis } from "ioredis";
import { type Accepted, acceptGap } from "../../src/operator-commands.js";
import { type RunningWorker, runWorker } from "./running-worker.js";

const ignore = (): void => undefined;
const NONE_KEPT = { ms: 0, ballots: 0 };

let databases: Databases;
let queue: BallotQueue;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

beforeEach(async () => {
  await sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  if (databases.redisUrl === null) return;
  const redis = new Redis(databases.redisUrl);
  await redis.flushall();
  redis.disconnect();
});

async function sql<T>(text: string): Promise<readonly T[]> {
  const client = await connectClient(databases.databaseUrl, ignore);
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await endClient(client);
  }
}

const persisted = async (): Promise<number> => (await sql<{ n: number }>("SELECT COUNT(*)::int AS n FROM ballots"))[0]?.n ?? 0;
const untilPersisted = (n: number): Promise<unknown> =>
  until(`${n} ballots are counted`, async () => (await persisted().catch(() => -1)) === n);

async function cast(voters: readonly string[], option = "a"): Promise<readonly Ballot[]> {
  const ballots = voters.map((voter) => ({ id: orderedUuid(), voter, option, acceptedAtMs: 0 }));
  await untilDone("the queue takes them", () => queue.enqueue(ballots));
  return ballots;
}

/** Copies the files of the stopped server; returns what puts the copy in their place. */
async function backUp(): Promise<() => Promise<void>> {
  const folder = databases.databaseFolder;
  await databases.stack.stop("db");
  cpSync(folder, `${folder}.backup`, { recursive: true, preserveTimestamps: true });
  await databases.stack.restart("db");
  return async () => {
    await databases.stack.stop("db");
    rmSync(folder, { recursive: true });
    cpSync(`${folder}.backup`, folder, { recursive: true, preserveTimestamps: true });
    rmSync(`${folder}.backup`, { recursive: true });
    await databases.stack.restart("db");
  };
}

let worker: RunningWorker | null = null;

function startWorker(queueUrl: string, retention?: typeof NONE_KEPT): RunningWorker {
  worker = runWorker({ queueUrl, databaseUrl: databases.databaseUrl, ...(retention && { retention }) });
  return worker;
}

async function stopWorker(): Promise<void> {
  await worker?.stop();
  worker = null;
}

/** Runs the operator's command. */
async function accept(queueUrl: string, discardAfterMs: number | null): Promise<Accepted> {
  const client = await connectClient(databases.databaseUrl, ignore);
  const reader = openReader(queueUrl, ignore);
  try {
    return await acceptGap(client, reader, { discardAfterMs });
  } finally {
    await reader.close();
    await endClient(client);
  }
}

function withRedis(name: string, body: (queueUrl: string) => Promise<void>): void {
  test(name, async (context) => {
    const { redisUrl } = databases;
    if (redisUrl === null) return context.skip("needs redis-server");
    queue = openQueue(redisUrl, ignore);
    try {
      await body(redisUrl);
    } finally {
      await stopWorker();
      await queue.close();
    }
  });
}

const FIRST = ["v0", "v1", "v2", "v3", "v4"];
const SECOND = ["v3", "v4", "v5", "v6", "v7"];

withRedis("a database that is restored from a backup is counted up again, exactly", async (queueUrl) => {
  const running = startWorker(queueUrl);
  await cast(FIRST);
  await untilPersisted(5);
  const restore = await backUp();
  await cast(SECOND, "b");
  await untilPersisted(10);
  const votes = "SELECT id, vote FROM votes ORDER BY id";
  const before = await sql(votes);
  await until("it is marked as counted", async () => (await queue.totals()).held === 0);
  await restore();
  await untilPersisted(10);
  assert.deepEqual(await sql(votes), before);
  await until("it is healthy", () => running.trouble() === null);
  assert.equal(await running.metric("votes_missing"), 0);
});

withRedis(
  "ballots that neither the restored database nor the queue has are named, and nothing is counted until an operator accepts",
  async (queueUrl) => {
    const running = startWorker(queueUrl, NONE_KEPT);
    await cast(FIRST);
    await untilPersisted(5);
    const restore = await backUp();
    await cast(SECOND, "b");
    await untilPersisted(10);
    await until("it is trimmed", async () => (await queue.totals()).retained === 0);
    await restore();
    await until("it refuses", () => running.trouble()?.startsWith("5 ballots are missing") ?? false);
    assert.equal(await running.metric("votes_missing"), 5);
    await cast(["v8"]);
    assert.equal(await persisted(), 5);
    await stopWorker();
    assert.deepEqual(await accept(queueUrl, null), { missing: 5, discarded: 0 });
    const next = startWorker(queueUrl);
    await untilPersisted(6);
    await until("it is healthy", () => next.trouble() === null);
    await assert.rejects(accept(queueUrl, null), { message: /stop the workers first/ });
    assert.deepEqual(await sql("SELECT SUM(missing)::int AS missing FROM accepted_gaps"), [{ missing: 5 }]);
  },
);

withRedis("who restores to an earlier time on purpose leaves out what came since, and it is written down how many", async (queueUrl) => {
  startWorker(queueUrl);
  await cast(FIRST);
  await untilPersisted(5);
  const restore = await backUp();
  const nowMs = Date.now();
  // What comes in the same millisecond did not come later.
  await until("it is later", () => Date.now() > nowMs);
  await cast(SECOND, "b");
  await untilPersisted(10);
  await stopWorker();
  await restore();
  assert.deepEqual(await accept(queueUrl, nowMs), { missing: 0, discarded: 5 });
  startWorker(queueUrl);
  await cast(["v8"]);
  await untilPersisted(6);
  await until("they are passed", async () => (await sql<{ n: number }>("SELECT SUM(discarded)::int AS n FROM positions"))[0]?.n === 5);
  assert.deepEqual(await sql("SELECT id FROM votes WHERE vote = 'b'"), []);
});

withRedis("a database that begins anew beside a queue that has forgotten what it counted is not taken for sound", async (queueUrl) => {
  const running = startWorker(queueUrl, NONE_KEPT);
  await cast(FIRST);
  await untilPersisted(5);
  await until("it is trimmed", async () => (await queue.totals()).retained === 0);
  await sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await until("it refuses", () => running.trouble()?.startsWith("5 ballots are missing") ?? false);
});

withRedis("an older copy of the queue brings a waiting classic vote back, and it is counted once", async (queueUrl) => {
  const redis = new Redis(queueUrl);
  try {
    startWorker(queueUrl);
    await cast(["v0"]);
    await untilPersisted(1);
    await stopWorker();
    await redis.rpush("votes", '{"voter_id": "v1", "vote": "a"}');
    const keys = await redis.keys("*");
    const dumps = await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
    startWorker(queueUrl);
    await untilPersisted(2);
    await redis.rpush("votes", '{"voter_id": "v1", "vote": "b"}');
    await untilPersisted(3);
    await stopWorker();
    await redis.flushall();
    for (const [key, dump] of dumps) await redis.restore(key, 0, dump as Buffer);
    startWorker(queueUrl);
    await cast(["v2"]);
    await untilPersisted(4);
    assert.deepEqual(await sql("SELECT vote FROM votes WHERE id = 'v1'"), [{ vote: "b" }]);
  } finally {
    redis.disconnect();
  }
});

withRedis(
  "ballots that were left in the database's own queue are counted when there is a Redis, and a later vote stands",
  async (queueUrl) => {
    const left = openQueue(databases.databaseUrl, ignore);
    const early = FIRST.map((voter) => ({ id: orderedUuid(), voter, option: "a", acceptedAtMs: 0 }));
    await untilDone("the database's queue takes them", () => left.enqueue(early));
    await cast(["v0"], "b");
    startWorker(queueUrl);
    await untilPersisted(6);
    await until("what is counted is forgotten", async () => (await sql("SELECT FROM queue")).length === 0);
    assert.deepEqual(await sql("SELECT vote FROM votes WHERE id = 'v0'"), [{ vote: "b" }]);
    await left.close();
  },
);
