import assert from "node:assert/strict";
import { test } from "node:test";
import { readPushes } from "../../src/viewers/read-pushes.js";

const event = (total: number): string => `event: results\ndata: {"total":${total},"publishedAt":"2026-01-01T00:00:00.123Z"}\n\n`;
const publishedAtMs = Date.UTC(2026, 0, 1, 0, 0, 0, 123);

test("pushes are read wherever the stream is cut", () => {
  const stream = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nretry: 1234\n\n${event(7)}: nothing new\n\n${event(8)}`;
  for (let cut = 0; cut <= stream.length; cut++) {
    const first = readPushes(stream.slice(0, cut));
    const second = readPushes(first.rest + stream.slice(cut));
    assert.deepEqual(
      [...first.pushes, ...second.pushes],
      [
        { total: 7, publishedAtMs },
        { total: 8, publishedAtMs },
      ],
    );
    assert.equal(second.rest, "");
  }
});

test("an event that is not whole yet is no push", () => {
  const text = event(7);
  assert.deepEqual(readPushes(text.slice(0, -1)), { pushes: [], rest: text.slice(0, -1) });
});
