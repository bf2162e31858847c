import type { VotingRun } from "@voting/testing";
import { Redis } from "ioredis";

/** Has the server close the connections of all its clients. */
export async function closeConnections(run: VotingRun, target: string): Promise<void> {
  if (target === "db") {
    await run.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    return;
  }
  const redis = new Redis(run.redisUrl as string, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  try {
    await redis.call("CLIENT", "KILL", "TYPE", "normal");
  } finally {
    redis.disconnect();
  }
}
