import type { Redis } from "ioredis";

/**
 * A 2xx promises durability, so a Redis that would lose ballots takes none: in a crash, or because it evicts keys when its memory is full.
 * Where it hides its settings, only who made the server can vouch for it, with QUEUE_DURABILITY=managed.
 *
 * @throws Error (rejects) with a sentence that says how to run it.
 */
export async function requireDurableRedis(redis: Redis): Promise<void> {
  let settings: readonly string[];
  try {
    const pipeline = await Promise.all([redis.config("GET", "append*"), redis.config("GET", "maxmemory-policy")]);
    settings = (pipeline as string[][]).flat();
  } catch (error) {
    if (!(error instanceof Error) || !/unknown command|NOPERM/i.test(error.message)) throw error;
    if (process.env.QUEUE_DURABILITY === "managed") return;
    throw new Error(
      "Redis hides its settings (CONFIG), so nobody can tell whether a ballot survives a crash: let this user run CONFIG GET, or set " +
        "QUEUE_DURABILITY=managed if whoever runs the server warrants that it answers only after its fsync",
    );
  }
  const setting = (name: string): string | undefined => settings[settings.indexOf(name) + 1];
  if (setting("appendonly") !== "yes" || setting("appendfsync") !== "always") {
    throw new Error("Redis is not durable: run it with --appendonly yes --appendfsync always");
  }
  if (setting("maxmemory-policy")?.startsWith("allkeys")) {
    throw new Error(
      `Redis would evict ballots when its memory is full (${setting("maxmemory-policy")}): run it with --maxmemory-policy noeviction`,
    );
  }
}
