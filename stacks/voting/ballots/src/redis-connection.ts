import { Redis } from "ioredis";

const RECONNECT_MAX_MS = 1_000;

/**
 * A connection that comes back by itself and never repeats a command: whether the first try was carried out
 * is not known, so the caller decides.
 *
 * @param onError Told of each failed attempt, so that an outage shows in the log.
 */
export function connectRedis(url: string, onError: (error: Error) => void, options: { readonly blocking: boolean }): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // Commands that wait for an answer when the connection breaks fail at once; with `null` they would wait for ever.
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    // A blocking read waits on purpose; every other command that hangs is an outage.
    ...(options.blocking ? {} : { commandTimeout: 3_000 }),
    keepAlive: 5_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_MAX_MS),
  });
  redis.on("error", onError);
  return redis;
}

/** Resolves when the connection can take commands; rejects with a sentence after `timeoutMs`. */
export async function redisReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      redis.off("ready", ready);
      reject(new Error("Redis cannot be reached"));
    }, timeoutMs);
    const ready = (): void => {
      clearTimeout(timer);
      resolve();
    };
    redis.once("ready", ready);
  });
}

/** Resolves when the connection is closed: `disconnect` only begins to. A server that does not answer is left after 2 s (ioredis). */
export async function closeRedis(redis: Redis): Promise<void> {
  // Between two attempts there is no connection to be closed, and nothing would tell the end.
  const hasEnd = redis.status !== "end" && redis.status !== "reconnecting";
  const ended = hasEnd ? new Promise<void>((resolve) => redis.once("end", resolve)) : null;
  redis.disconnect();
  await ended;
}
