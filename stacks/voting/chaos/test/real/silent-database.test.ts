import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until, untilDone } from "@groundplan/testing";
import { openQueue, orderedUuid } from "@voting/ballots";
import pg from "pg";
import { runWorker } from "../../../worker/test/real/running-worker.js";
import { TcpProxy } from "../../src/proxy/tcp-proxy.js";

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

test("a worker whose database goes silent says so, leaves the connection, and counts on when there is one again", {
  timeout: 180_000,
}, async (context) => {
  const { redisUrl, databaseUrl } = databases;
  if (redisUrl === null) return context.skip("needs redis-server");
  const url = new URL(databaseUrl);
  const proxy = await TcpProxy.open(Number(url.port));
  url.port = String(proxy.port);
  const queue = openQueue(redisUrl, () => undefined);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const worker = runWorker({ queueUrl: redisUrl, databaseUrl: url.href });
  context.after(async () => {
    await worker.stop();
    await queue.close();
    await client.end();
    await proxy.close();
  });
  const cast = (): Promise<unknown> => queue.enqueue([{ id: orderedUuid(), voter: orderedUuid(), option: "a", acceptedAtMs: 0 }]);
  const counted = async (): Promise<number> => (await client.query("SELECT FROM ballots").catch(() => null))?.rowCount ?? 0;
  await untilDone("a vote is taken", cast);
  await until("it is counted", async () => (await counted()) === 1);
  await until("it is healthy", () => worker.trouble() === null);
  proxy.set({ kind: "silence", way: "both" });
  await cast();
  await until("it says that it stands still", () => worker.trouble()?.startsWith("counting stands still") ?? false, 30_000);
  await until("it leaves the connection", () => !(worker.trouble()?.startsWith("counting stands still") ?? true), 60_000);
  assert.equal(await counted(), 1);
  proxy.set({ kind: "clear" });
  await until("it counts on", async () => (await counted()) === 2, 30_000);
  await until("it is healthy again", () => worker.trouble() === null);
});
