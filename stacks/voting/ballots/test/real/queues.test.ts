import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type Databases, openClients, startDatabases, until, untilDone } from "@groundplan/testing";
import type { Redis } from "ioredis";
import type pg from "pg";
import type { Ballot } from "../../src/ballot.js";
import { countBallots, loadPosition } from "../../src/ledger.js";
import { openQueue, openReader } from "../../src/open-queue.js";
import { PARTITIONS, partitionOf } from "../../src/partition.js";
import type { BallotQueue, PartitionLook, Progress, QueueEntry, QueueReader, Resumption } from "../../src/queue.js";
import { CLASSIC_LIST, REJECTED_LIST, STATE_KEY } from "../../src/redis-scripts.js";
import { migrate } from "../../src/schema/migrate.js";
import { orderedUuid } from "../../src/uuids.js";

let databases: Databases;
let pool: pg.Pool;
/** `null` where the machine has no Redis server. */
let redis: Redis | null;
before(async () => {
  databases = await startDatabases({ redis: true });
  pool = databases.pool();
  redis = databases.redisUrl === null ? null : databases.redis();
});
after(() => databases.close());

const NONE_KEPT = { ms: 0, ballots: 0 };
const ignore = (): void => undefined;
const newBallot = (voter = orderedUuid()): Ballot => ({ id: orderedUuid(), voter, option: "a", acceptedAtMs: 1_234.5 });
const fromStart = (reader: QueueReader) => new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, reader.start]));

/** What a worker that has counted up to there says of it. */
async function passed(reader: QueueReader, positions: ReadonlyMap<number, string>): Promise<Map<number, Progress>> {
  const progress = new Map<number, Progress>();
  for (const [partition, position] of positions) progress.set(partition, await resumed(reader, partition, position));
  return progress;
}

/** Has ballots in the ledger: the queue in PostgreSQL forgets nothing that is not there. */
async function count(ballots: readonly Ballot[]): Promise<void> {
  const client = await databases.connect();
  await migrate(client);
  await loadPosition(client, "test", 0, "0");
  await countBallots(client, "test", [{ partition: 0, before: "0", after: "1" }], ballots);
  await client.end();
}

/** Where the reader would read on. */
async function resumed(reader: QueueReader, partition: number, position: string): Promise<Resumption> {
  const look = (await reader.look())[partition] as PartitionLook;
  return reader.resume({ partition, position, entries: null, generation: null, seen: new Set() }, look);
}

/** Reads on from `positions`, moving them, until `count` entries came. */
async function readOn(reader: QueueReader, positions: Map<number, string>, count: number): Promise<QueueEntry[]> {
  const entries: QueueEntry[] = [];
  await until(`${count} entries`, async () => {
    const read = await reader.read(positions, 100, 50);
    for (const entry of read) positions.set(entry.partition, entry.position);
    entries.push(...read);
    return entries.length >= count;
  });
  return entries;
}

async function clear(): Promise<void> {
  await pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await redis?.flushall();
}

for (const kind of ["redis", "postgres"] as const) {
  describe(`the ${kind} queue`, () => {
    let queue: BallotQueue;
    let reader: QueueReader;

    beforeEach(async (context) => {
      const url = kind === "redis" ? databases.redisUrl : databases.databaseUrl;
      if (url === null) return (context as unknown as { skip(reason: string): void }).skip("needs redis-server");
      await clear();
      queue = openQueue(url, ignore);
      reader = openReader(url, ignore, NONE_KEPT);
      await untilDone("the queue is reached", () => queue.check());
      await untilDone("the reader is connected", () => reader.open(0));
    });

    const closing = (name: string, body: () => Promise<void>): void => {
      test(name, async (context) => {
        if (kind === "redis" && databases.redisUrl === null) return context.skip("needs redis-server");
        try {
          await body();
        } finally {
          await queue.close();
          await reader.close();
        }
      });
    };

    closing("gives back what was put in, whole, each voter's ballots in order and in one partition", async () => {
      const voters = Array.from({ length: 20 }, () => orderedUuid());
      const ballots = [...voters, ...voters, ...voters].map((voter) => newBallot(voter));
      await queue.enqueue(ballots);
      const entries = await readOn(reader, fromStart(reader), ballots.length);
      for (const voter of voters) {
        const own = entries.filter((entry) => entry.ballot?.voter === voter);
        assert.deepEqual(
          own.map((entry) => entry.ballot),
          ballots.filter((ballot) => ballot.voter === voter),
        );
        assert.deepEqual([...new Set(own.map((entry) => entry.partition))], [partitionOf(voter)]);
      }
    });

    closing("wakes a reader that waits", async () => {
      const reading = reader.read(fromStart(reader), 10, 60_000);
      const ballot = newBallot();
      await queue.enqueue([ballot]);
      assert.deepEqual(
        (await reading).map((entry) => entry.ballot),
        [ballot],
      );
    });

    closing("gives each ballot of many writers once to a reader that only moves forward", async () => {
      const writers = Array.from({ length: 8 }, () =>
        openQueue((kind === "redis" ? databases.redisUrl : databases.databaseUrl) as string, ignore),
      );
      await Promise.all(writers.map((writer) => untilDone("a writer is connected", () => writer.check())));
      const ballots = Array.from({ length: 800 }, () => newBallot());
      const reading = readOn(reader, fromStart(reader), ballots.length);
      const writing = writers.map(async (writer, index) => {
        for (let i = index * 100; i < (index + 1) * 100; i += 5) await writer.enqueue(ballots.slice(i, i + 5));
      });
      await Promise.all(writing);
      const ids = (await reading).map((entry) => entry.ballot?.id).sort();
      assert.deepEqual(ids, ballots.map((ballot) => ballot.id).sort());
      await Promise.all(writers.map((writer) => writer.close()));
    });

    closing("forgets what is trimmed, and still counts it as added", async () => {
      const ballots = [newBallot(), newBallot(), newBallot()];
      await queue.enqueue(ballots);
      assert.deepEqual(await queue.totals(), { added: 3, held: 3, retained: 0 });
      const positions = fromStart(reader);
      await readOn(reader, positions, 3);
      await count(ballots);
      await reader.trim(await passed(reader, positions));
      assert.deepEqual(await reader.totals(), { added: 3, held: 0, retained: 0 });
      const late = newBallot();
      await queue.enqueue([late]);
      assert.deepEqual(
        (await readOn(reader, positions, 1)).map((entry) => entry.ballot),
        [late],
      );
    });

    closing("trims up to the position and not one ballot further", async () => {
      const voter = orderedUuid();
      const ballots = [newBallot(voter), newBallot(voter), newBallot(voter)];
      await queue.enqueue(ballots);
      const positions = fromStart(reader);
      const [first] = await readOn(reader, new Map(positions), 3);
      positions.set(partitionOf(voter), first?.position as string);
      await count(ballots.slice(0, 1));
      await reader.trim(await passed(reader, positions));
      assert.deepEqual(await reader.totals(), { added: 3, held: 2, retained: 0 });
      assert.deepEqual(
        (await readOn(reader, positions, 2)).map((entry) => entry.ballot),
        ballots.slice(1),
      );
    });

    closing("resumes where it was", async () => {
      const ballot = newBallot("v");
      await queue.enqueue([ballot]);
      const positions = fromStart(reader);
      await readOn(reader, positions, 1);
      await count([ballot]);
      const partition = partitionOf("v");
      assert.equal((await resumed(reader, partition, positions.get(partition) as string)).position, positions.get(partition));
    });

    test("leaves no connection behind when it and its reader are closed", async (context) => {
      const url = kind === "redis" ? databases.redisUrl : databases.databaseUrl;
      if (url === null) return context.skip("needs redis-server");
      await Promise.all(Array.from({ length: 4 }, () => queue.check()));
      await reader.read(fromStart(reader), 10, 1);
      await Promise.all([queue.close(), reader.close()]);
      // But for the tests' own.
      const left = openClients([Number(new URL(url).port)]).filter((client) => !/start-databases|queues\.test/.test(client));
      assert.deepEqual(left, []);
    });

    closing("refuses ballots while it is down and takes them when it is back, with nothing lost", async () => {
      const before = newBallot();
      await queue.enqueue([before]);
      const part = kind === "redis" ? "redis" : "db";
      await databases.stack.stop(part);
      await assert.rejects(queue.check());
      await assert.rejects(queue.enqueue([newBallot()]));
      await databases.stack.restart(part);
      const after = newBallot();
      await untilDone("the queue takes ballots again", () => queue.enqueue([after]));
      await untilDone("the reader is back", () => reader.open(0));
      const ids = (await readOn(reader, fromStart(reader), 2)).map((entry) => entry.ballot?.id);
      assert.ok(ids.includes(before.id) && ids.includes(after.id));
    });
  });
}

describe("only in Redis", () => {
  let reader: QueueReader;

  const withRedis = (name: string, body: (redis: Redis) => Promise<void>): void => {
    test(name, async (context) => {
      if (redis === null || databases.redisUrl === null) return context.skip("needs redis-server");
      await clear();
      reader = openReader(databases.redisUrl, ignore);
      await untilDone("the reader is connected", () => reader.open(0));
      try {
        await body(redis);
      } finally {
        await reader.close();
      }
    });
  };

  withRedis("the classic list is moved into the queue, in order, with an id that a second reading finds again", async (redis) => {
    await redis.rpush(
      CLASSIC_LIST,
      '{"voter_id": "v1", "vote": "a"}',
      '{"voter_id": "Zoë", "vote": "b"}',
      '{"vote": "b", "voter_id": "v1"}',
    );
    assert.equal(await reader.adoptClassic(2), 2);
    assert.equal(await reader.adoptClassic(2), 1);
    assert.equal(await redis.llen(CLASSIC_LIST), 0);
    const entries = await readOn(reader, fromStart(reader), 3);
    const again = await readOn(reader, fromStart(reader), 3);
    assert.deepEqual(again, entries);
    assert.deepEqual(
      entries.filter((entry) => entry.ballot?.voter === "v1").map((entry) => entry.ballot?.option),
      ["a", "b"],
    );
    assert.ok(entries.some((entry) => entry.ballot?.voter === "Zoë"));
    assert.equal(new Set(entries.map((entry) => entry.ballot?.id)).size, 3);
    assert.ok(entries.filter((entry) => entry.ballot?.voter === "v1").every((entry) => entry.partition === partitionOf("v1")));
  });

  withRedis("a voter is in one partition, whether the ballot came by the classic list or not", async (redis) => {
    const voters = Array.from({ length: 50 }, () => orderedUuid());
    await redis.rpush(CLASSIC_LIST, ...voters.map((voter) => JSON.stringify({ voter_id: voter, vote: "a" })));
    await reader.adoptClassic(100);
    for (const { partition, ballot } of await readOn(reader, fromStart(reader), voters.length)) {
      assert.equal(partition, partitionOf(ballot?.voter as string));
    }
  });

  withRedis("what is no ballot comes through as none, with its text", async (redis) => {
    const rubbish = [
      "no json",
      "{}",
      '{"voter_id": 5, "vote": "a"}',
      '{"voter_id": "v", "vote": "a\\u0000"}',
      `{"voter_id": "${"v".repeat(256)}", "vote": "a"}`,
      "[]",
      "null",
    ];
    await redis.rpush(CLASSIC_LIST, ...rubbish);
    await reader.adoptClassic(100);
    await redis.xadd("{ballots}:1", "*", "ballot", "not-a-uuid v a 1");
    await redis.xadd("{ballots}:2", "*", "stranger", "1");
    const entries = await readOn(reader, fromStart(reader), rubbish.length + 2);
    assert.deepEqual(
      entries.filter((entry) => entry.ballot !== null),
      [],
    );
    assert.ok(entries.some((entry) => entry.raw?.includes("no json")));
    await reader.list(['{"raw":"no json","reason":"not a ballot"}']);
    assert.deepEqual(await redis.lrange(REJECTED_LIST, 0, -1), ['{"raw":"no json","reason":"not a ballot"}']);
  });

  withRedis("a queue that was emptied is read from its start", async () => {
    const { position, isOlderCopy } = await resumed(reader, 0, "99999999999999-7");
    assert.equal(position, reader.start);
    assert.equal(isOlderCopy, false);
  });

  withRedis("a Redis that would lose ballots in a crash takes none", async (redis) => {
    const queue = openQueue(databases.redisUrl as string, ignore);
    try {
      await redis.config("SET", "appendfsync", "everysec");
      await until("the queue refuses", async () => {
        const refusal = await queue.enqueue([newBallot()]).then(ignore, (error: Error) => error.message);
        return refusal === "Redis is not durable: run it with --appendonly yes --appendfsync always";
      });
    } finally {
      await redis.config("SET", "appendfsync", "always");
      await queue.close();
    }
  });

  withRedis("a Redis that stops being durable while votes come is found out", async (redis) => {
    const queue = openQueue(databases.redisUrl as string, ignore);
    try {
      await untilDone("it takes ballots", () => queue.enqueue([newBallot()]));
      await redis.config("SET", "appendfsync", "everysec");
      await until("it refuses", () =>
        queue.enqueue([newBallot()]).then(ignore, (error: Error) => error.message.startsWith("Redis is not durable")),
      );
      await redis.config("SET", "appendfsync", "always");
      await untilDone("it takes ballots again", () => queue.enqueue([newBallot()]));
    } finally {
      await redis.config("SET", "appendfsync", "always");
      await queue.close();
    }
  });

  withRedis("a Redis that evicts keys takes no ballots", async (redis) => {
    const queue = openQueue(databases.redisUrl as string, ignore);
    try {
      await redis.config("SET", "maxmemory-policy", "allkeys-lru");
      await until("it refuses", () => queue.check().then(ignore, (error: Error) => error.message.includes("would evict ballots")));
    } finally {
      await redis.config("SET", "maxmemory-policy", "noeviction");
      await queue.close();
    }
  });

  withRedis("a Redis that hides its settings takes ballots only where somebody vouches for it", async (redis) => {
    await redis.call("ACL", "SETUSER", "app", "on", ">word", "~*", "&*", "+@all", "-config");
    const url = new URL(databases.redisUrl as string);
    [url.username, url.password] = ["app", "word"];
    const queue = openQueue(url.href, ignore);
    try {
      await until("it refuses", () => queue.check().then(ignore, (error: Error) => error.message.includes("QUEUE_DURABILITY=managed")));
      await assert.rejects(queue.enqueue([newBallot()]), /Redis hides its settings/);
      process.env.QUEUE_DURABILITY = "managed";
      await untilDone("it takes ballots", () => queue.enqueue([newBallot()]));
    } finally {
      delete process.env.QUEUE_DURABILITY;
      await redis.call("ACL", "DELUSER", "app");
      await queue.close();
    }
  });

  withRedis(
    "a queue that another version cut in other partitions is refused with a sentence, by both ends, and left as it is",
    async (redis) => {
      await redis.hset(STATE_KEY, "partitions", PARTITIONS + 1);
      const before = await redis.hgetall(STATE_KEY);
      const queue = openQueue(databases.redisUrl as string, ignore);
      const message = /^Error: the queue in Redis has 5 partitions, and this version works with 4: deploy the version that it is of/;
      try {
        await until("Redis is reached", () => queue.check().then(ignore, (error: Error) => !error.message.includes("cannot be reached")));
        await assert.rejects(queue.check(), message);
        await assert.rejects(queue.enqueue([newBallot()]), message);
        await assert.rejects(reader.open(0), message);
        assert.deepEqual(await redis.hgetall(STATE_KEY), before);
      } finally {
        await queue.close();
      }
    },
  );
});
