import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressLimit } from "../src/address-limit.js";
import { Admission } from "../src/ballot-box.js";
import { voteApp } from "./vote-app.js";

/** A clock that the test moves. */
function clock() {
  let nowMs = 1_000_000;
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { now: () => nowMs, pass };
}

/** Lets in what may come in, and answers so many a second, in steps of 10 ms. Returns the longest wait in ms. */
function load(admission: Admission, { pass }: ReturnType<typeof clock>, arrivals: number, answers: number, seconds: number): number {
  const inside: number[] = [];
  let atMs = 0;
  let longestMs = 0;
  let due = 0;
  for (; atMs < seconds * 1_000; atMs += 10) {
    for (let n = 0; n < arrivals / 100; n++) if (admission.enter()) inside.push(atMs);
    for (due += answers / 100; due >= 1 && inside.length > 0; due--) {
      longestMs = Math.max(longestMs, atMs - (inside.shift() as number));
      admission.leave(true);
    }
    pass(10);
  }
  return longestMs;
}

test("what is within the rate is let in, all of it", () => {
  const time = clock();
  const admission = new Admission({ now: time.now });
  assert.ok(load(admission, time, 8_000, 10_000, 3) <= 10);
  assert.equal(admission.inside, 0);
});

for (const rate of [2_000, 10_000, 50_000]) {
  test(`five times the rate of ${rate}/s: nobody who is let in waits longer than the limit, and work never runs out`, () => {
    const time = clock();
    const admission = new Admission({ now: time.now, waitMs: 500 });
    const longestMs = load(admission, time, 5 * rate, rate, 5);
    assert.ok(longestMs <= 700, `${longestMs} ms`);
    assert.ok(admission.inside > 0);
    assert.ok(admission.limit >= 0.4 * rate);
  });
}

test("a burst after a quiet time is let in, and when nothing is answered any more no more than that", () => {
  const time = clock();
  const admission = new Admission({ now: time.now });
  load(admission, time, 20_000, 20_000, 2);
  time.pass(2_000);
  let inside = 0;
  while (admission.enter()) inside++;
  assert.equal(inside, 1_000);
});

test("too many votes at once are 503 with Retry-After and the cookie, and the rest are taken in", async () => {
  const { app, queue } = await voteApp();
  const { check } = queue;
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  queue.check = () => slow;
  let answered = 0;
  const all = Array.from({ length: 1_500 }, async () => {
    const answer = await app.inject({ method: "POST", url: "/api/votes", payload: { vote: "a" } });
    if (++answered === 500) release();
    return answer;
  });
  const answers = await Promise.all(all);
  queue.check = check;
  const refused = answers.filter(({ statusCode }) => statusCode === 503);
  assert.equal(refused.length, 500);
  for (const answer of refused) {
    assert.equal(answer.headers["retry-after"], "2");
    assert.match(answer.json().error, /^Too many votes arrive at once/);
    assert.match(String(answer.headers["set-cookie"]), /^voter_id=/);
  }
  assert.equal(queue.ballots.length, answers.length - refused.length);
  assert.equal((await app.inject({ method: "POST", url: "/api/votes", payload: { vote: "a" } })).statusCode, 202);
});

test("with a limit for each address the votes beyond it are 429 for the rest of the minute; another address is free", async () => {
  const { app, queue } = await voteApp({ VOTES_PER_ADDRESS: "2", TRUSTED_PROXIES: "10.0.0.1" });
  const post = (remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ method: "POST", url: "/api/votes", remoteAddress, headers, payload: { vote: "a" } });
  const statuses = async (...answers: ReturnType<typeof post>[]) => (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  assert.deepEqual(await statuses(post("1.2.3.4"), post("1.2.3.4"), post("1.2.3.4"), post("1.2.3.5")), [202, 202, 429, 202]);
  const late = await post("1.2.3.4", { "x-forwarded-for": "9.9.9.9" });
  assert.equal(late.statusCode, 429);
  assert.match(String(late.headers["retry-after"]), /^[1-9]\d?$/);
  const forwarded = (client: string) => post("10.0.0.1", { "x-forwarded-for": client });
  assert.deepEqual(await statuses(forwarded("1.2.3.4"), forwarded("7.7.7.7"), forwarded("8.8.8.8")), [429, 202, 202]);
  assert.equal(queue.ballots.length, 5);
});

test("the limit counts anew after a minute, and IPv6 by networks of 64 bits", () => {
  const time = clock();
  const limit = new AddressLimit("1", time.now);
  assert.equal(limit.take("2001:db8:0:1::5"), 0);
  assert.equal(limit.take("2001:db8:0000:1:ffff::9"), 60);
  assert.equal(limit.take("2001:db8:0:2::5"), 0);
  assert.equal(limit.take("::1"), 0);
  time.pass(60_000);
  assert.equal(limit.take("2001:db8:0:1::5"), 0);
});

for (const text of ["0", "-1", "1.5", "many"]) {
  test(`"${text}" is no limit for an address`, () => {
    assert.throws(() => new AddressLimit(text), /^Error: VOTES_PER_ADDRESS must be a whole number above 0/);
  });
}
