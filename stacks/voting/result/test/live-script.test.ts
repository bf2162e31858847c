import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const SCRIPT = readFileSync(new URL("../public/live.js", import.meta.url), "utf8");

/** The page's script without a page: what it connects to, and the timers that it sets. */
function runScript(random: () => number) {
  const streams: FakeStream[] = [];
  const timers: { readonly run: () => void; readonly ms: number }[] = [];
  let nowMs = 0;
  let everySecond: () => void = () => undefined;
  class FakeStream {
    static readonly CLOSED = 2;
    readyState = 0;
    readonly #listeners = new Map<string, (event: object) => void>();
    constructor() {
      streams.push(this);
    }
    addEventListener(name: string, listener: (event: object) => void): void {
      this.#listeners.set(name, listener);
    }
    close(): void {
      this.readyState = FakeStream.CLOSED;
    }
    refuse(): void {
      this.readyState = FakeStream.CLOSED;
      this.#listeners.get("error")?.({});
    }
    results(): void {
      this.#listeners.get("results")?.({ data: JSON.stringify({ options: [], total: 0 }) });
    }
  }
  const element = { children: [], dataset: {}, textContent: "", replaceChildren: () => undefined };
  const context = createContext({
    document: { getElementById: () => element },
    EventSource: FakeStream,
    performance: { now: () => nowMs },
    Math: Object.assign(Object.create(Math), { random }),
    setTimeout: (run: () => void, ms: number) => timers.push({ run, ms }),
    setInterval: (run: () => void) => {
      everySecond = run;
    },
  });
  runInContext(SCRIPT, context);
  const refuseNext = (): number => {
    streams.at(-1)?.refuse();
    const timer = timers.pop();
    assert.ok(timer !== undefined, "the script does not try again");
    timer.run();
    return timer.ms;
  };
  const passSeconds = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      everySecond();
    }
  };
  return { streams, refuseNext, passSeconds };
}

test("a page that is refused waits longer each time, up to half a minute", () => {
  const { refuseNext } = runScript(() => 0.5);
  const waits = Array.from({ length: 8 }, refuseNext);
  assert.deepEqual(
    waits.slice(0, 4).map((ms, index) => ms / (waits[0] as number) / 2 ** index),
    [1, 1, 1, 1],
  );
  assert.equal(waits[7], waits[6]);
  assert.ok((waits[7] as number) <= 30_000);
});

test("pages that are refused together do not come back together", () => {
  const waits = [0, 0.5, 0.999].map((random) => runScript(() => random).refuseNext());
  assert.equal(new Set(waits).size, 3);
  assert.ok(Math.max(...waits) > 1.9 * Math.min(...waits));
  assert.ok(Math.min(...waits) >= 500);
});

test("after results came the wait begins anew", () => {
  const { streams, refuseNext } = runScript(() => 0.5);
  const first = refuseNext();
  refuseNext();
  streams.at(-1)?.results();
  assert.equal(refuseNext(), first);
});

test("a stream that says nothing for long is opened anew, for a connection that died in silence never tells", () => {
  const { streams, passSeconds } = runScript(() => 0.5);
  streams[0]?.results();
  passSeconds(10);
  assert.equal(streams.length, 1);
  passSeconds(60);
  assert.ok(streams.length >= 2);
  assert.equal(streams[0]?.readyState, 2);
  const openedSoFar = streams.length;
  passSeconds(10);
  assert.equal(streams.length, openedSoFar);
});
