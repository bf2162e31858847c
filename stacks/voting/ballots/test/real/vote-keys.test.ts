import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { type Databases, startDatabases, untilDone } from "@groundplan/testing";
import { Redis } from "ioredis";
import pg from "pg";
import type { NewBallot } from "../../src/ballot.js";
import { openQueue } from "../../src/open-queue.js";
import { type BallotQueue, VOTE_KEY_HOURS } from "../../src/queue.js";
import { voteKeyName } from "../../src/redis-scripts.js";
import { orderedUuid } from "../../src/uuids.js";

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

const ballot = (option: string, voteKey?: string): NewBallot => ({ id: orderedUuid(), voter: "v", option, acceptedAtMs: 1, voteKey });

for (const kind of ["redis", "postgres"] as const) {
  describe(`vote keys in the ${kind} queue`, () => {
    const queues: BallotQueue[] = [];
    let url: string | null = null;

    /** One more vote service's end of the queue. */
    async function open(): Promise<BallotQueue> {
      const queue = openQueue(url as string, () => undefined);
      queues.push(queue);
      await untilDone("the queue is reached", () => queue.check());
      return queue;
    }

    beforeEach((context) => {
      url = kind === "redis" ? databases.redisUrl : databases.databaseUrl;
      if (url === null) (context as unknown as { skip(reason: string): void }).skip("needs redis-server");
    });
    afterEach(() => Promise.all(queues.splice(0).map((queue) => queue.close())));

    test("the first option that comes with a key is the only one that it takes, from whichever service", async () => {
      const [one, other] = [await open(), await open()];
      const { added } = await one.totals();
      const key = orderedUuid();
      assert.deepEqual(await one.enqueue([ballot("a", key)]), []);
      const late = ballot("b", key);
      assert.deepEqual(await other.enqueue([ballot("b"), late, ballot("b", orderedUuid())]), [late]);
      assert.deepEqual(await other.enqueue([ballot("a", key)]), []);
      assert.equal((await one.totals()).added, added + 4);
    });

    test("of two options with one key in a batch the first is taken", async () => {
      const queue = await open();
      const key = orderedUuid();
      const [first, second] = [ballot("b", key), ballot("a", key)];
      assert.deepEqual(await queue.enqueue([first, second]), [second]);
      assert.deepEqual(await queue.enqueue([second]), [second]);
    });

    test("of many services at once that bring two options with one key, one option wins and the others all hear so", async () => {
      const many = await Promise.all(Array.from({ length: 6 }, () => open()));
      for (let round = 0; round < 20; round++) {
        const key = orderedUuid();
        const ballots = many.map((_, index) => ballot(index % 2 === 0 ? "a" : "b", key));
        const leftOut = (await Promise.all(many.map((queue, index) => queue.enqueue([ballots[index] as NewBallot])))).flat();
        const taken = ballots.filter((each) => !leftOut.includes(each));
        assert.equal(new Set(taken.map(({ option }) => option)).size, 1);
        assert.equal(new Set(leftOut.map(({ option }) => option)).size, 1);
        assert.equal(taken.length, 3);
      }
    });

    test(`a key is forgotten after ${VOTE_KEY_HOURS} hours`, async () => {
      const queue = await open();
      const key = orderedUuid();
      await queue.enqueue([ballot("a", key)]);
      if (kind === "redis") {
        const redis = new Redis(url as string);
        const seconds = await redis.ttl(voteKeyName(key));
        redis.disconnect();
        assert.ok(seconds > VOTE_KEY_HOURS * 3_600 - 60 && seconds <= VOTE_KEY_HOURS * 3_600);
        return;
      }
      const client = new pg.Client(url as string);
      await client.connect();
      await client.query("UPDATE vote_keys SET first_at = now() - $1 * INTERVAL '1 hour' - INTERVAL '1 minute' WHERE id = $2", [
        VOTE_KEY_HOURS,
        key,
      ]);
      await client.end();
      assert.deepEqual(await queue.enqueue([ballot("b", key)]), []);
    });
  });
}
