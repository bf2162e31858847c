import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, untilDone } from "@groundplan/testing";
import { openReader } from "@voting/ballots";
import { TcpProxy } from "../../src/proxy/tcp-proxy.js";

const POSITIONS = new Map([[0, "0-0"]]);

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

test("a read that Redis does not end in time breaks off, and the next one gets through", { timeout: 60_000 }, async (context) => {
  if (databases.redisUrl === null) return context.skip("needs redis-server");
  const proxy = await TcpProxy.open(Number(new URL(databases.redisUrl).port));
  const reader = openReader(`redis://127.0.0.1:${proxy.port}`, () => undefined);
  context.after(async () => {
    await reader.close();
    await proxy.close();
  });
  await untilDone("the reader is connected", () => reader.open(0));
  assert.deepEqual(await reader.read(POSITIONS, 10, 50), []);
  proxy.set({ kind: "silence", way: "back" });
  await assert.rejects(reader.read(POSITIONS, 10, 50), /^Error: Redis did not end a read within/);
  proxy.set({ kind: "clear" });
  await untilDone("the reader is connected again", () => reader.open(0));
  assert.deepEqual(await reader.read(POSITIONS, 10, 50), []);
});
