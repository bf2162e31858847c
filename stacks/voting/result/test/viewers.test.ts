import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { Viewers } from "../src/viewers.js";

const RESULTS = { options: [], total: 7, asOf: "2026-01-01T00:00:00.000Z" };

class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  destroyed = false;
  writeHead(): void {}
  write(text: string): void {
    this.written.push(text);
  }
  destroy(): void {
    this.destroyed = true;
  }
}

function viewer(viewers: Viewers, first: typeof RESULTS | null): FakeResponse {
  const response = new FakeResponse();
  viewers.add(response as unknown as ServerResponse, first);
  return response;
}

test("a viewer gets a retry hint and the newest results at once, then every push", () => {
  const viewers = new Viewers();
  const response = viewer(viewers, RESULTS);
  viewers.push({ ...RESULTS, total: 8 });
  assert.match(response.written[0] ?? "", /^retry: 1000\n\nevent: results\ndata: \{.*"total":7/);
  assert.match(response.written[1] ?? "", /^event: results\ndata: \{.*"total":8.*\}\n\n$/);
});

test("a viewer who does not read is dropped, the others stay", () => {
  const viewers = new Viewers();
  const slow = viewer(viewers, null);
  const quick = viewer(viewers, null);
  slow.writableLength = 100_000;
  viewers.push(RESULTS);
  assert.ok(slow.destroyed);
  assert.equal(quick.written.length, 2);
  assert.deepEqual([viewers.count, viewers.dropped], [1, 1]);
});

test("a viewer who leaves is forgotten", () => {
  const viewers = new Viewers();
  viewer(viewers, null).emit("close");
  assert.equal(viewers.count, 0);
});
