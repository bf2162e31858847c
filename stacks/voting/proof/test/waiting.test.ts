import assert from "node:assert/strict";
import { test } from "node:test";
import { pause, poll, until } from "@voting/proof";

test("a pause ends early when its signal is aborted, before it or during it", async () => {
  await pause(60_000, AbortSignal.abort());
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
});

test("what is looked for is looked for until it is there, once at least", async () => {
  let looks = 0;
  assert.equal(await poll(() => (++looks === 3 ? "there" : null), { limitMs: 60_000, everyMs: 1 }), "there");
  assert.equal(await poll(() => "there", { limitMs: 0 }), "there");
  assert.equal(await poll(() => false, { limitMs: 0 }), null);
  await assert.rejects(
    poll(() => Promise.reject(new Error("down")), { limitMs: 60_000 }),
    /down/,
  );
});

test("what must come may fail meanwhile; what does not come is said, with the last failure", async () => {
  let looks = 0;
  const late = () => (++looks < 3 ? Promise.reject(new Error("down")) : looks);
  assert.equal(await until("it is up", late), 3);
  await assert.rejects(
    until("it is up", () => Promise.reject(new Error("down")), 1),
    (error: Error) => error.message === "not within 1 ms: it is up" && (error.cause as Error).message === "down",
  );
});
