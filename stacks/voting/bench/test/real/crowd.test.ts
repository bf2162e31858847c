import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { BarePushes } from "../../src/viewers/bare-pushes.js";
import { Crowd } from "../../src/viewers/crowd.js";

const VIEWERS = 150;

let bare: BarePushes;
let crowd: Crowd;
before(async () => {
  bare = await BarePushes.start();
  crowd = new Crowd();
});
after(() => Promise.all([bare.stop(), crowd.stop()]));

test("every viewer of the crowd is counted once for each push, and only for those since it began to record", async () => {
  await crowd.open(bare.origin, VIEWERS);
  await bare.push({}, 20);
  await crowd.record();
  await crowd.finish(3);
  await crowd.record();
  const last = (await bare.pause()) + 1;
  await bare.push({}, 20);
  const { pushes, lost } = await crowd.finish(last);
  assert.equal(lost, 0);
  assert.ok(pushes.length > 0 && pushes.every(({ total }) => total >= 3));
  assert.equal(pushes.find(({ total }) => total === last)?.latencies.size, VIEWERS);
  await bare.pause();
});

test("what was published before the crowd began to record is not counted, whenever it comes", async () => {
  const event = (total: number, publishedAtMs: number): string =>
    `event: results\ndata: ${JSON.stringify({ total, publishedAt: new Date(publishedAtMs).toISOString() })}\n\n`;
  const streams: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.removeHeader("transfer-encoding");
    response.write(": hello\n\n");
    streams.push(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = new Crowd();
  try {
    await own.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 2);
    const beforeMs = Date.now() - 1_000;
    await own.record();
    const events = event(7, beforeMs) + event(8, Date.now() + 1);
    for (const stream of streams) stream.write(events);
    const { pushes } = await own.finish(8);
    assert.deepEqual(
      pushes.map(({ total }) => total),
      [8],
    );
  } finally {
    await own.stop();
    server.close();
  }
});

test("a crowd that lost its server says so, and can watch another", async () => {
  await crowd.close();
  await crowd.open(bare.origin, VIEWERS);
  await crowd.record();
  await bare.stop();
  await assert.rejects(bare.pause(), /bare-pushes-program\.ts/);
  bare = await BarePushes.start();
  await crowd.open(bare.origin, 10);
  await bare.push({}, 20);
  const { pushes, lost } = await crowd.finish(1);
  assert.equal(lost, VIEWERS);
  assert.equal(pushes[0]?.latencies.size, 10);
});

test("a question that is not answered in time says which", async () => {
  await assert.rejects(crowd.finish(1_000_000_000, 200), { message: "crowd-program.ts did not finish within 200 ms" });
});
