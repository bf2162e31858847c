import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { Random } from "@voting/proof";
import { ReceiptWatch, ResultWatch, Rising, watchPage } from "../../src/checks/watches.js";

/** A result service that tells what the test put into it; the last word is repeated. */
let server: Server;
let url: string;
let totals: number[] = [];
let states: string[] = [];
let downs = 0;

const next = <T>(list: T[]): T => (list.length > 1 ? (list.shift() as T) : (list[0] as T));

before(async () => {
  server = createServer((request, response) => {
    if (downs > 0) {
      downs--;
      response.statusCode = 503;
      response.end("{}");
    } else if (request.url === "/events") {
      response.write("retry: 1000\n\n");
      for (const total of totals.splice(0, 2)) response.write(`event: results\ndata: {"total":${total}}\n\n`);
      response.end();
    } else if (request.url === "/api/results") response.end(JSON.stringify({ total: next(totals) }));
    else response.end(JSON.stringify({ state: next(states) }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => server.close());

/** Runs a watch until it has seen enough. */
async function watched(watch: { run(stop: AbortSignal): Promise<void> }, isEnough: () => boolean): Promise<void> {
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  await until("the watch has seen it", isEnough);
  stop.abort();
  await running;
}

test("a total that goes back is a complaint; one that grows or cannot be read is none", async () => {
  const watch = new ResultWatch(url);
  totals = [1, 5, 3, 4];
  downs = 1;
  await watched(watch, () => watch.reads >= 4);
  assert.deepEqual(watch.complaints, ["the total went back from 5 to 3"]);
});

test("while a store that was put back comes up again a total may be lower; then it must have come up, and may fall no more", () => {
  const total = new Rising();
  assert.equal(total.fellFrom(5), null);
  total.goesBack();
  // One that was read before comes late.
  assert.deepEqual(
    [2, 5, 3].map((value) => total.fellFrom(value)),
    [null, null, null],
  );
  total.isBack();
  assert.deepEqual(
    [4, 6, 5].map((value) => total.fellFrom(value)),
    [null, null, 6],
  );
  const steady = new Rising();
  steady.isBack();
  assert.equal(steady.fellFrom(1), null);
  assert.equal(steady.fellFrom(0), 1);
});

test("what a receipt says may be taken back while a store that was put back comes up again, and not longer", async () => {
  const watch = new ReceiptWatch(url, new Random(1));
  watch.add("r");
  states = ["counted"];
  await watched(watch, () => watch.lookups >= 1);
  watch.mayGoBack = true;
  states = ["queued"];
  await watched(watch, () => watch.lookups >= 3);
  assert.deepEqual(watch.complaints, []);
  watch.mayGoBack = false;
  const seen = watch.lookups;
  await watched(watch, () => watch.lookups > seen);
  assert.deepEqual(watch.complaints, ["receipt r was counted and is queued"]);
});

test("a receipt that goes back to queued, or is not known any more, is a complaint", async () => {
  const watch = new ReceiptWatch(url, new Random(1));
  watch.add("r");
  states = ["queued", "counted", "queued", "counted", "superseded", "unknown", "superseded"];
  await watched(watch, () => watch.lookups >= 7);
  assert.deepEqual(watch.complaints, ["receipt r was counted and is queued", "receipt r was superseded and is unknown"]);
});

test("a viewer comes back when the stream ends, and complains of a total that goes back", async () => {
  totals = [2, 4, 4, 3];
  const complaints: string[] = [];
  const viewer = watchPage(url, complaints);
  await until("four events", () => viewer.events === 4);
  viewer.close();
  assert.deepEqual(complaints, ["the stream's total went back from 4 to 3"]);
  assert.equal(viewer.total, 3);
});
