import type { Databases } from "@groundplan/testing";
import { migrate } from "@voting/ballots";
import { postgresUnderTest, type QueueUnderTest, redisUnderTest } from "./queue-under-test.js";
import { World } from "./world.js";

export interface Worlds {
  /** `null` where the machine has no Redis server. */
  readonly redis: World | null;
  readonly postgres: World;
  close(): Promise<void>;
}

/** A world for each kind of queue, on servers that a test file has for itself. */
export async function openWorlds(databases: Databases): Promise<Worlds> {
  const { redisUrl, databaseUrl } = databases;
  const client = await databases.connect();
  // No test here takes the power from PostgreSQL, so none needs to wait for its disk.
  await client.query("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$");
  await migrate(client);
  const open = async (queue: QueueUnderTest): Promise<World> => {
    await queue.ready();
    return new World(queue, databaseUrl, client);
  };
  const redis = redisUrl === null ? null : await open(redisUnderTest(redisUrl, databases.redis()));
  const postgres = await open(postgresUnderTest(databaseUrl, client));
  return {
    redis,
    postgres,
    async close() {
      await redis?.close();
      await postgres.close();
    },
  };
}
