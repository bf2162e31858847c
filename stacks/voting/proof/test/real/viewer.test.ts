import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import { until, Viewer } from "@voting/proof";

/** A result service that pushes what the test put into it, a piece at a time, and ends the stream. */
let server: Server;
let url: string;
let streams: string[][] = [];

before(async () => {
  server = createServer(async (_request, response) => {
    response.flushHeaders();
    for (const piece of streams.shift() ?? []) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (streams.length > 0) response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** The totals that a viewer sees of these streams. */
async function seen(count: number, ...pieces: string[][]): Promise<{ totals: number[]; breaks: number }> {
  streams = pieces;
  const totals: number[] = [];
  const viewer = await Viewer.open(url, (total) => totals.push(total));
  await until("all are seen", () => totals.length >= count);
  viewer.close();
  return { totals, breaks: viewer.breaks };
}

test("the total of an event is read whatever else the stream says", async () => {
  const others = ["retry: 1000", ": heartbeat", 'data: {"other":1}', "data: nonsense", ""].map((event) => `${event}\n\n`);
  const events = ['id: 7\nevent: results\ndata: {"total":12}\n\n', ...others, 'data:{"total":\ndata:3}\n\n'];
  assert.deepEqual(await seen(2, events), { totals: [12, 3], breaks: 0 });
});

test("a total is read wherever the stream is cut", async () => {
  const stream = 'retry: 1000\n\nevent: results\ndata: {"total":41}\n\ndata: {"total":42}\n\n';
  assert.deepEqual((await seen(2, [...stream])).totals, [41, 42]);
});

test("who watches comes back when the stream breaks, and takes half an event of before for none", async () => {
  assert.deepEqual(await seen(2, ['data: {"total":1}\n\ndata: {"total":9'], ['9}\n\ndata: {"total":2}\n\n']), {
    totals: [1, 2],
    breaks: 1,
  });
});
