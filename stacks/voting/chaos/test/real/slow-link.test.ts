import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until } from "@groundplan/testing";
import { connectClient, endClient } from "@voting/ballots";
import { TcpProxy } from "../../src/proxy/tcp-proxy.js";

let databases: Databases;
let proxy: TcpProxy;
before(async () => {
  databases = await startDatabases({ redis: false });
  proxy = await TcpProxy.open(Number(new URL(databases.databaseUrl).port));
});
after(async () => {
  await proxy.close();
  await databases.close();
});

test("a worker gets into a database that takes seconds to let a client in", async () => {
  // The handshake goes there and back four times.
  proxy.set({ kind: "delay", delayMs: 350 });
  const url = new URL(databases.databaseUrl);
  url.port = String(proxy.port);
  const client = await connectClient(url.href, () => undefined);
  assert.deepEqual((await client.query("SELECT 1 AS one")).rows, [{ one: 1 }]);
  proxy.set({ kind: "clear" });
  await client.end();
});

test("a worker that says goodbye on a link that went silent does not wait for an answer", { timeout: 30_000 }, async () => {
  const url = new URL(databases.databaseUrl);
  url.port = String(proxy.port);
  const client = await connectClient(url.href, () => undefined);
  proxy.set({ kind: "silence", way: "both" });
  await endClient(client);
  assert.equal(proxy.connections, 1);
  proxy.set({ kind: "clear" });
  await until("the proxy has let the connection go", () => proxy.connections === 0);
});
