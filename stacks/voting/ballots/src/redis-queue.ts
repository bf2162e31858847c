import type { Redis } from "ioredis";
import type { NewBallot } from "./ballot.js";
import { ballotText } from "./ballot-text.js";
import { partitionOf } from "./partition.js";
import type { BallotQueue, QueueTotals } from "./queue.js";
import { connectRedis } from "./redis-connection.js";
import { ENQUEUE_KEYED_SCRIPT, ENQUEUE_SCRIPT, STREAM_KEYS, voteKeyName } from "./redis-scripts.js";

/** The queue in Redis streams, one for each partition. Durable because Redis answers only after its fsync (`appendfsync always`). */
export class RedisQueue implements BallotQueue {
  readonly #redis: Redis;
  /** Checked once for each connection: Redis keeps its settings while it runs, unless someone changes them by hand. */
  #durable = false;

  constructor(url: string, onError: (error: Error) => void) {
    this.#redis = connectRedis(url, onError, { blocking: false });
    this.#redis.on("close", () => {
      this.#durable = false;
    });
  }

  async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    if (!this.#durable) await this.check();
    if (ballots.some(({ voteKey }) => voteKey !== undefined)) return this.#enqueueKeyed(ballots);
    const args: string[] = [];
    for (const ballot of ballots) {
      args.push(String(partitionOf(ballot.voter) + 1), ballotText(ballot));
    }
    const queued = await ENQUEUE_SCRIPT.run(this.#redis, STREAM_KEYS, args);
    if (queued !== ballots.length) throw new Error(`Redis queued ${queued} of ${ballots.length} ballots`);
    return [];
  }

  async #enqueueKeyed(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    const keys = [...STREAM_KEYS];
    const args: string[] = [];
    for (const ballot of ballots) {
      const key = ballot.voteKey === undefined ? 0 : keys.push(voteKeyName(ballot.voteKey));
      args.push(String(partitionOf(ballot.voter) + 1), ballotText(ballot), String(key));
    }
    const leftOut = (await ENQUEUE_KEYED_SCRIPT.run(this.#redis, keys, args)) as readonly number[];
    return leftOut.map((place) => ballots[place - 1] as NewBallot);
  }

  async check(): Promise<void> {
    if (this.#redis.status !== "ready") throw new Error("Redis cannot be reached");
    await this.#redis.ping();
    if (!this.#durable) {
      await requireDurable(this.#redis);
      this.#durable = true;
    }
  }

  totals(): Promise<QueueTotals> {
    return redisTotals(this.#redis);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}

/** Sums over the streams. `entries-added` counts all that ever came, also what was trimmed since (Redis 7.0 or newer). */
export async function redisTotals(redis: Redis): Promise<QueueTotals> {
  const totals = { added: 0, held: 0 };
  const answers = await Promise.all(STREAM_KEYS.map((key) => streamInfo(redis, key)));
  for (const info of answers) {
    totals.added += Number(info?.get("entries-added") ?? 0);
    totals.held += Number(info?.get("length") ?? 0);
  }
  return totals;
}

/** XINFO STREAM as a map; `null` for a stream that does not exist yet. */
export async function streamInfo(redis: Redis, key: string): Promise<ReadonlyMap<string, unknown> | null> {
  try {
    const fields = (await redis.xinfo("STREAM", key)) as unknown[];
    const info = new Map<string, unknown>();
    for (let i = 0; i < fields.length; i += 2) info.set(String(fields[i]), fields[i + 1]);
    return info;
  } catch (error) {
    if (error instanceof Error && error.message.includes("no such key")) return null;
    throw error;
  }
}

/** A 2xx promises durability, so a Redis that would lose ballots in a crash takes none. */
async function requireDurable(redis: Redis): Promise<void> {
  let settings: unknown;
  try {
    settings = await redis.config("GET", "append*");
  } catch (error) {
    // Managed services hide CONFIG; there durability is the operator's choice of service.
    if (error instanceof Error && /unknown command|NOPERM/i.test(error.message)) return;
    throw error;
  }
  const pairs = settings as string[];
  const setting = (name: string): string | undefined => pairs[pairs.indexOf(name) + 1];
  if (setting("appendonly") !== "yes" || setting("appendfsync") !== "always") {
    throw new Error("Redis is not durable: run it with --appendonly yes --appendfsync always");
  }
}
