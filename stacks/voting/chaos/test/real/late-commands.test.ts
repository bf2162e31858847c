import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until, untilDone } from "@groundplan/testing";
import { type NewBallot, openQueue, openReader, orderedUuid, PARTITIONS } from "@voting/ballots";
import { TcpProxy } from "../../src/proxy/tcp-proxy.js";

let databases: Databases;
before(async () => {
  databases = await startDatabases({ redis: true });
});
after(() => databases.close());

const ignore = (): void => undefined;
const ballotOf = (voter: string, option: string, voteKey?: string): NewBallot => ({
  id: orderedUuid(),
  voter,
  option,
  acceptedAtMs: 0,
  voteKey,
});

for (const kind of ["redis", "postgres"] as const) {
  for (const [later, keyed] of [
    ["another service", false],
    ["another service", true],
    ["the same service", false],
    ["the same service", true],
  ] as const) {
    const name = `${kind}: a vote that was refused does not override one that ${later} acknowledges later`;
    test(keyed ? `${name}, nor takes the key that it came with` : name, {
      timeout: 60_000,
    }, async (context) => {
      const address = kind === "redis" ? databases.redisUrl : databases.databaseUrl;
      if (address === null) return context.skip("needs redis-server");
      const url = new URL(address);
      const proxy = await TcpProxy.open(Number(url.port));
      url.port = String(proxy.port);
      const far = openQueue(url.href, ignore);
      const near = openQueue(address, ignore);
      const reader = openReader(address, ignore);
      context.after(async () => {
        await Promise.all([far.close(), near.close(), reader.close()]);
        await proxy.close();
      });
      for (const queue of [far, near]) await untilDone("it takes ballots", () => queue.enqueue([ballotOf("v0", "a")]));

      proxy.set({ kind: "silence", way: "to" });
      const key = keyed ? orderedUuid() : undefined;
      const refused = ballotOf("v1", "a", key);
      await assert.rejects(far.enqueue([refused]));
      const acknowledged = ballotOf("v1", "b", keyed ? orderedUuid() : undefined);
      if (later === "another service") await near.enqueue([acknowledged]);
      proxy.set({ kind: "clear" });
      if (later === "the same service") await untilDone("it takes ballots again", () => far.enqueue([acknowledged]));
      await untilDone("what was on the way has arrived", () => far.enqueue([ballotOf("v2", "a")]));
      await until("the late connection is gone", () => proxy.connections <= (kind === "redis" ? 1 : 4));

      await untilDone("the reader is connected", () => reader.open(0));
      const positions = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, reader.start]));
      const own = (await reader.read(positions, 1_000, 50)).filter(({ ballot }) => ballot?.voter === "v1").map(({ ballot }) => ballot?.id);
      assert.equal(own.at(-1), acknowledged.id);
      // Before the service moved the fence it may have come in, with its key.
      const cameIn = own.includes(refused.id);
      assert.ok(!cameIn || own.indexOf(refused.id) < own.indexOf(acknowledged.id));
      const other = ballotOf("v1", "b", key);
      if (keyed) assert.deepEqual(await near.enqueue([other]), cameIn ? [other] : []);
    });
  }
}
