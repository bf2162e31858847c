import { untilDone } from "@groundplan/testing";
import { type BallotQueue, openQueue, openReader, PARTITIONS, type QueueEntry } from "@voting/ballots";
import type { Redis } from "ioredis";
import type pg from "pg";
import { GENERATIONS_KEY, STATE_KEY } from "../../../ballots/src/redis-scripts.js";

/** A real queue, and what befalls it besides ballots. */
export interface QueueUnderTest {
  readonly url: string;
  readonly queue: BallotQueue;
  ready(): Promise<void>;
  /** All entries that it holds, each partition's in queue order. */
  entries(): Promise<readonly QueueEntry[]>;
  /** Appends what a classic client would, if this queue has such clients. Says whether it has. */
  pushClassic(element: string): Promise<boolean>;
  /** Moves those among the entries, as a worker does. */
  adoptClassic(): Promise<number>;
  /** How many of those are not among the entries yet. */
  classicWaiting(): Promise<number>;
  /** The texts that were put aside. */
  putAside(): Promise<readonly string[]>;
  /** Takes a backup, and returns what puts it in place of what the queue holds by then. */
  copy(): Promise<() => Promise<void>>;
  /** Deletes all that it holds. */
  empty(): Promise<void>;
  /** From now on its clock, where positions come from one, is ahead; until it is emptied. */
  setClockAhead(): Promise<void>;
  /** As on the first day. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const ignore = (): void => undefined;
const MANY = 10_000;
const AN_HOUR_MS = 3_600_000;

function openEnds(url: string): Pick<QueueUnderTest, "url" | "queue" | "ready" | "entries" | "adoptClassic" | "close"> {
  const queue = openQueue(url, ignore);
  const reader = openReader(url, ignore);
  const fromStart = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, reader.start]));
  return {
    url,
    queue,
    async entries() {
      await reader.open(0);
      return reader.read(fromStart, MANY, 1);
    },
    adoptClassic: () => reader.adoptClassic(MANY),
    async ready() {
      await untilDone("the queue is reached", () => queue.check());
      await untilDone("the reader is connected", () => reader.open(0));
    },
    async close() {
      await reader.close();
      await queue.close();
    },
  };
}

/** @param redis Of the queue's server. */
export function redisUnderTest(url: string, redis: Redis): QueueUnderTest {
  const ends = openEnds(url);
  const streams = Array.from({ length: PARTITIONS }, (_, partition) => `{ballots}:${partition}`);
  const held = [...streams, STATE_KEY, GENERATIONS_KEY, "votes"];
  let aheadMs = 0;
  /** Positions begin with the time, and never go back in one stream: an entry that comes from the future sets them ahead. */
  const tickAhead = async (): Promise<void> => {
    aheadMs++;
    const ticking = redis.multi();
    for (const key of streams) ticking.xgroup("CREATE", key, "ticks", "0", "MKSTREAM").xgroup("DESTROY", key, "ticks");
    for (const key of streams) ticking.call("XSETID", key, `${aheadMs}-0`);
    await ticking.exec();
  };
  return {
    ...ends,
    async ready() {
      await ends.ready();
      // A read that finds nothing ends at a tick of Redis: 2 ms instead of 100.
      await redis.config("SET", "hz", "500");
    },
    async pushClassic(element) {
      await redis.rpush("votes", element);
      return true;
    },
    classicWaiting: () => redis.llen("votes"),
    putAside: async () => (await redis.lrange("votes:rejected", 0, -1)).map((text) => (JSON.parse(text) as { raw: string }).raw),
    async copy() {
      const dumps = await Promise.all(held.map((key) => redis.dumpBuffer(key)));
      return async () => {
        const restoring = redis.multi().del(...held);
        for (const [index, dump] of dumps.entries()) if (dump !== null) restoring.restore(held[index] as string, 0, dump);
        // A copy is put in place by a start of the server.
        await restoring.hdel(STATE_KEY, "run").exec();
        // Time went by since the copy, also where it is ahead.
        if (aheadMs > 0) await tickAhead();
      };
    },
    async empty() {
      await redis.del(...held);
    },
    setClockAhead() {
      aheadMs = Math.max(aheadMs, Date.now() + AN_HOUR_MS);
      return tickAhead();
    },
    async clear() {
      await redis.del(...held, "votes:rejected");
      aheadMs = 0;
    },
  };
}

/** @param client Of the queue's database. */
export function postgresUnderTest(url: string, client: pg.Client): QueueUnderTest {
  return {
    ...openEnds(url),
    pushClassic: async () => false,
    classicWaiting: async () => 0,
    putAside: async () => (await client.query<{ raw: string }>("SELECT raw FROM rejected")).rows.map((row) => row.raw),
    async copy() {
      const { rows } = await client.query("SELECT COALESCE(json_agg(queue), '[]') AS copy FROM queue");
      const copy = JSON.stringify(rows[0]?.copy);
      return async () => {
        await client.query("BEGIN; DELETE FROM queue");
        await client.query("INSERT INTO queue OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::queue, $1)", [copy]);
        await client.query("COMMIT");
      };
    },
    async empty() {
      await client.query("DELETE FROM queue");
    },
    setClockAhead: async () => undefined,
    async clear() {
      await client.query("DELETE FROM queue; DELETE FROM rejected; UPDATE queue_added SET ballots = 0");
    },
  };
}
