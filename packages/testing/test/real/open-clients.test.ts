import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import pg from "pg";
import { type Databases, startDatabases } from "../../src/start-databases.js";

/** Starts databases for a test that leaves them in some way, and gives back what their close says. */
async function closed(leave: (databases: Databases) => Promise<unknown>, redis = false): Promise<string> {
  const databases = await startDatabases({ redis });
  const close = () =>
    databases.close().then(
      () => "closed",
      (error: Error) => error.message,
    );
  await leave(databases).catch(async (error) => {
    await close();
    throw error;
  });
  return close();
}

test("what was opened with the databases is closed with them, whatever else ended it", async () => {
  const says = await closed(async (databases) => {
    const pool = databases.pool();
    await Promise.all([1, 2, 3].map((n) => pool.query("SELECT $1::int", [n])));
    await pool.end();
    await databases.pool().query("SELECT 1");
    const [one, other] = await Promise.all([databases.connect(), databases.connect()]);
    await one.end();
    const broken = new Promise((resolve) => other.once("end", resolve));
    await databases.stack.restart("db");
    await broken;
    if (databases.redisUrl !== null) await databases.redis().ping();
  }, true);
  assert.equal(says, "closed");
});

test("a client that is never closed, and one whose close nobody waited for, are told with their place", async () => {
  const says = await closed(async ({ databaseUrl, redisUrl }) => {
    const forgotten = new pg.Client(databaseUrl);
    forgotten.on("error", () => undefined);
    await forgotten.connect();
    const pool = new pg.Pool({ connectionString: databaseUrl });
    pool.on("error", () => undefined);
    await pool.query("SELECT 1");
    // It resolves while its connection says goodbye.
    await pool.end();
    if (redisUrl === null) return;
    const redis = new Redis(redisUrl);
    await redis.ping();
    redis.disconnect();
  }, true);
  const [first = "", ...lines] = says.split("\n");
  assert.equal(first, "clients are open while their server is about to stop:");
  assert.match(lines[0] ?? "", /^ {2}to port \d+, never closed: at .*open-clients\.test\.ts:\d+/);
  for (const line of lines.slice(1))
    assert.match(line, /^ {2}to port \d+, told to close, but nobody waited until it was: at .*open-clients/);
  assert.ok(lines.length >= 2, says);
});
