import { PostgresQueue } from "./postgres-queue.js";
import { PostgresReader } from "./postgres-reader.js";
import type { BallotQueue, QueueReader } from "./queue.js";
import { RedisQueue } from "./redis-queue.js";
import { RedisReader } from "./redis-reader.js";
import type { Retention } from "./retention.js";

/** The queue at an address: redis:// and rediss:// in Redis, postgres:// in PostgreSQL. Connects by itself, now and after an outage. */
export function openQueue(url: string, onError: (error: Error) => void): BallotQueue {
  return isPostgres(url) ? new PostgresQueue(url, onError) : new RedisQueue(url, onError);
}

/** The same queue's end for the worker. */
export function openReader(url: string, onError: (error: Error) => void, retention?: Retention): QueueReader {
  return isPostgres(url) ? new PostgresReader(url, onError) : new RedisReader(url, onError, retention);
}

function isPostgres(url: string): boolean {
  const scheme = new URL(url).protocol;
  if (scheme === "postgres:" || scheme === "postgresql:") return true;
  if (scheme === "redis:" || scheme === "rediss:") return false;
  throw new Error(`QUEUE_URL must begin with redis:// or postgres://, found ${scheme}//`);
}
