import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { PARTITIONS } from "./partition.js";
import type { Generation } from "./queue.js";
import { CLASSIC_LIST, GENERATIONS_KEY, OPEN_SCRIPT, STATE_KEY, STREAM_KEYS } from "./redis-scripts.js";

/** A generation, and the last id that each stream had when it began. */
export interface RedisGeneration extends Generation {
  readonly begins: readonly string[];
}

export interface OpenedQueue {
  readonly fence: number;
  /** Oldest first; the last one is that of what comes now. */
  readonly generations: readonly RedisGeneration[];
}

export interface OpenOptions {
  /** The generation that the caller knew last. */
  readonly known: Generation | null;
  /** The known generation must not go on. */
  readonly begin?: boolean;
  readonly moveFence?: number;
}

/**
 * Finds the queue's generations, with a new one where that is due (see OPEN_SCRIPT). To be done on each new connection.
 *
 * @throws Error (rejects) with a sentence when another version has cut the queue in another number of partitions.
 */
export async function openRedisQueue(redis: Redis, { known, begin = false, moveFence = 0 }: OpenOptions): Promise<OpenedQueue> {
  const run = /^run_id:(\S+)/m.exec(await redis.info("server"))?.[1] ?? "unknown";
  const keys = [STATE_KEY, GENERATIONS_KEY, CLASSIC_LIST, ...STREAM_KEYS];
  const id = randomUUID();
  const args = [run, id, PARTITIONS, known?.id ?? "", known?.ordinal ?? 0, begin ? 1 : 0, moveFence].map(String);
  const [fence, lines] = (await OPEN_SCRIPT.run(redis, keys, args).catch(explain)) as [number, string[]];
  return { fence: Number(fence), generations: lines.map(parseGeneration) };
}

function explain(error: Error): never {
  const found = /^PARTITIONS (\d+)/.exec(error.message)?.[1];
  if (found === undefined) throw error;
  throw new Error(
    `the queue in Redis has ${found} partitions, and this version works with ${PARTITIONS}: deploy the version that it is of, until all is ` +
      "counted; then empty the queue and deploy this one",
  );
}

function parseGeneration(line: string): RedisGeneration {
  const [id = "", ordinal, ...begins] = line.split(" ");
  return { id, ordinal: Number(ordinal), begins };
}

/** Whether a position of a stream comes before another. */
export function isBefore(a: string, b: string): boolean {
  const [aMs, aSequence] = split(a);
  const [bMs, bSequence] = split(b);
  return aMs < bMs || (aMs === bMs && aSequence < bSequence);
}

function split(position: string): [number, number] {
  const dash = position.indexOf("-");
  return [Number(position.slice(0, dash)), Number(position.slice(dash + 1))];
}
