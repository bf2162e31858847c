import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setImmediate as otherWork } from "node:timers/promises";
import { until } from "@groundplan/testing";
import { StreamClient } from "./stream-client.js";
import { resultsOf, type WatchedPage, withWatchedPage } from "./watched-page.js";

/** As big an event as fills the buffers of a connection soon. */
const LONG_LABEL = "x".repeat(256 * 1024);

/** Lets a viewer stop reading, and pushes until the server is left with what it cannot hand over. */
async function makeStuck(viewer: StreamClient, { viewers, sockets }: WatchedPage): Promise<void> {
  viewer.socket.pause();
  await until("the viewer is stuck", () => {
    viewers.push(resultsOf(1, LONG_LABEL));
    return [...sockets].some((socket) => socket.writableLength > 0);
  });
}

test("a viewer gets a retry hint and the newest results at once, then every push with the time it was made", async () => {
  await withWatchedPage({}, async ({ viewers, open }) => {
    viewers.push(resultsOf(7));
    const [viewer] = (await open(1)) as [StreamClient];
    await until("the newest results came", () => viewer.totals.length === 1);
    const beforeMs = Date.now();
    viewers.push(resultsOf(8));
    await until("the push came", () => viewer.totals.length === 2);
    assert.match(viewer.head, /^HTTP\/1\.1 200 OK\r\n.*content-type: text\/event-stream/s);
    assert.match(viewer.head, /connection: close/);
    assert.doesNotMatch(viewer.head, /transfer-encoding/i);
    const body = viewer.text.slice(viewer.head.length + 4);
    assert.match(
      body,
      /^retry: \d+\n\nevent: results\ndata: \{"options".*,"total":7,.*\}\n\nevent: results\ndata: \{.*"total":8,.*\}\n\n$/,
    );
    const publishedAtMs = Date.parse(/"publishedAt":"([^"]+)"\}\n\n$/.exec(body)?.[1] ?? "");
    assert.ok(publishedAtMs >= beforeMs && publishedAtMs <= Date.now());
  });
});

test("a client of HTTP/1.0 gets the same stream", async () => {
  await withWatchedPage({}, async ({ viewers, port }) => {
    viewers.push(resultsOf(7));
    const viewer = await StreamClient.open(port, "GET /events HTTP/1.0\r\n\r\n");
    await until("the results came", () => viewer.totals.length === 1);
    assert.match(viewer.text, /\r\n\r\nretry: \d+\n\nevent: results\ndata: .*\n\n$/);
    viewer.socket.destroy();
  });
});

test("a viewer who never reads is dropped, holding one event at most, while another sees every push", async () => {
  await withWatchedPage({}, async ({ viewers, sockets, open, metric }) => {
    const [stuck, quick] = (await open(2)) as [StreamClient, StreamClient];
    stuck.socket.pause();
    const unread = 'result_viewers_dropped_total{reason="unread"}';
    let total = 0;
    let mostHeld = 0;
    while ((await metric(unread)) === 0) {
      assert.ok(++total <= 300, "it is not dropped");
      viewers.push(resultsOf(total, LONG_LABEL));
      mostHeld = Math.max(mostHeld, ...[...sockets].map((socket) => socket.writableLength));
      await until("the other has the push", () => quick.totals.at(-1) === total);
      quick.text = "";
    }
    assert.ok(mostHeld > 0, "it was never stuck");
    assert.ok(mostHeld < 2 * LONG_LABEL.length, `${mostHeld} bytes were held for one viewer`);
    assert.equal(viewers.count, 1);
    assert.equal(await metric("result_viewers"), 1);
    assert.equal(await metric(unread), 1);
    viewers.push(resultsOf(total + 1));
    await until("the other still watches", () => quick.totals.at(-1) === total + 1);
  });
});

test("a viewer who was stuck for a moment goes on with the newest results", async () => {
  await withWatchedPage({}, async (page) => {
    const { viewers, sockets, open, metric } = page;
    const [viewer] = (await open(1)) as [StreamClient];
    await makeStuck(viewer, page);
    for (const total of [2, 3, 4]) {
      viewers.push(resultsOf(total));
      await otherWork();
    }
    viewer.socket.resume();
    await until("it has taken in what was held for it", () => [...sockets].every((socket) => socket.writableLength === 0));
    viewers.push(resultsOf(5));
    await until("it has the newest results", () => viewer.totals.at(-1) === 5);
    assert.deepEqual(
      [2, 3, 4].filter((total) => viewer.totals.includes(total)),
      [],
    );
    assert.equal(await metric('result_viewers_dropped_total{reason="unread"}'), 0);
  });
});

test("a burst of changes is joined: the first goes out, and the newest of the rest", async () => {
  await withWatchedPage({}, async ({ viewers, open, metric }) => {
    const watching = await open(3);
    for (let total = 1; total <= 100; total++) viewers.push(resultsOf(total));
    await until("all have the newest", () => watching.every(({ totals }) => totals.at(-1) === 100));
    for (const { totals } of watching) assert.deepEqual(totals, [1, 100]);
    assert.equal(await metric("result_push_seconds_count"), 2);
  });
});

test("a push to many lets other requests have their turn, and who comes meanwhile never sees an older result", async () => {
  await withWatchedPage({}, async ({ viewers, sockets, open }) => {
    const watching = await open(450);
    const writtenBefore = new Map([...sockets].map((socket) => [socket, socket.bytesWritten]));
    const [late, response] = await heldRequest();
    viewers.push(resultsOf(1));
    const written = [...sockets].filter((socket) => socket.bytesWritten > (writtenBefore.get(socket) ?? 0)).length;
    assert.ok(written > 0 && written < watching.length, `${written} of ${watching.length} were written to in one go`);
    viewers.push(resultsOf(2));
    viewers.add(response);
    await until("all have the newest", () => [late, ...watching].every(({ totals }) => totals.at(-1) === 2));
    for (const { totals } of watching) assert.deepEqual(totals, [1, 2]);
    assert.ok(
      late.totals.every((total) => total === 2),
      `it saw ${late.totals}`,
    );
  });
});

/** A client whose request is not answered yet. */
async function heldRequest(): Promise<[StreamClient, ServerResponse]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = await StreamClient.open((server.address() as AddressInfo).port);
  const [, response] = await once(server, "request");
  server.close();
  return [client, response];
}

test("viewers beyond the limit are told when to come again, and get in when there is room", async () => {
  await withWatchedPage({ limit: 2 }, async ({ viewers, port, open, metric }) => {
    const [first] = (await open(2)) as [StreamClient];
    const refused = await fetch(`http://127.0.0.1:${port}/events`);
    assert.equal(refused.status, 503);
    assert.match(refused.headers.get("retry-after") ?? "", /^[12]$/);
    assert.deepEqual(await refused.json(), { error: "Too many people watch the results right now; please try again in a moment." });
    assert.equal(await metric('result_viewers_dropped_total{reason="limit"}'), 1);
    first.socket.destroy();
    await until("there is room", () => viewers.count === 1);
    await open(1);
    assert.equal(viewers.count, 2);
  });
});

test("viewers who leave, half-close or only ask for the head leave nothing behind", async () => {
  await withWatchedPage({}, async ({ viewers, port, open }) => {
    const [leaving, halfClosing] = (await open(2)) as [StreamClient, StreamClient];
    const head = await StreamClient.open(port, "HEAD /events HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    await until("the head came", () => head.isClosed);
    assert.match(head.text, /^HTTP\/1\.1 200 OK\r\n.*content-type: text\/event-stream.*\r\n\r\n$/s);
    assert.equal(viewers.count, 2);
    leaving.socket.destroy();
    halfClosing.socket.end();
    await until("both are gone", () => viewers.count === 0 && halfClosing.isClosed);
  });
});

test("a viewer who half-closes and does not read is dropped", async () => {
  await withWatchedPage({}, async (page) => {
    const { viewers, sockets, open } = page;
    const [viewer] = (await open(1)) as [StreamClient];
    await makeStuck(viewer, page);
    viewer.socket.end();
    await until("it is dropped", () => {
      viewers.push(resultsOf(1));
      return viewers.count === 0;
    });
    await until("its connection is closed", () => [...sockets].every((socket) => socket.closed));
  });
});

test("one connection is one viewer, however many streams it asks for", async () => {
  await withWatchedPage({}, async ({ viewers, port }) => {
    const greedy = await StreamClient.open(port, "GET /events HTTP/1.1\r\nhost: test\r\n\r\n".repeat(20));
    viewers.push(resultsOf(1));
    await until("it has the push", () => greedy.totals.length > 0);
    viewers.push(resultsOf(2));
    await until("it has the next", () => greedy.totals.at(-1) === 2);
    assert.equal(viewers.count, 1);
    assert.deepEqual(greedy.totals, [1, 2]);
    greedy.socket.destroy();
  });
});

test("a stream that is asked for behind an unanswered request is refused", async () => {
  await withWatchedPage({}, async ({ app, viewers, port }) => {
    const requests = ["/slow", "/events"].map((path) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`);
    const hasty = await StreamClient.open(port, requests.join(""));
    await until("both are answered", () => hasty.text.match(/HTTP\/1\.1 /g)?.length === 2);
    assert.match(hasty.text, /HTTP\/1\.1 400 .*The event stream needs a connection of its own\./s);
    assert.equal(viewers.count, 0);
    await app.close();
  });
});

test("while there are no results to push a comment keeps proxies from closing the streams", async () => {
  await withWatchedPage({ heartbeatMs: 10 }, async ({ viewers, open }) => {
    const [viewer] = (await open(1)) as [StreamClient];
    await until("comments come", () => viewer.text.split(": nothing new\n\n").length > 2);
    assert.deepEqual(viewer.totals, []);
    viewers.push(resultsOf(1));
    await until("results come among them", () => viewer.totals.at(-1) === 1);
  });
});

test("a stopping server ends every stream with a last retry hint, and is not kept by who does not read", async () => {
  await withWatchedPage({}, async (page) => {
    const { app, viewers, open } = page;
    const [stuck, ...watching] = (await open(11)) as [StreamClient, ...StreamClient[]];
    await makeStuck(stuck, page);
    await app.close();
    assert.equal(viewers.count, 0);
    await until("the streams end", () => watching.every((viewer) => viewer.isClosed));
    for (const { retryHints, text } of watching) {
      assert.equal(retryHints.length, 2);
      assert.match(text, /\n\nretry: \d+\n\n$/);
    }
    assert.ok(new Set(watching.map(({ retryHints }) => retryHints[1])).size > 1, "all were told the same");
  });
});

test("a stopping server does not mind viewers who leave in the same moment, and takes no new ones", async () => {
  await withWatchedPage({}, async ({ viewers, port, open }) => {
    for (const { socket } of await open(10)) socket.resetAndDestroy();
    await viewers.closeAll();
    assert.equal(viewers.count, 0);
    assert.equal((await fetch(`http://127.0.0.1:${port}/events`)).status, 503);
  });
});
