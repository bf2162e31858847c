import assert from "node:assert/strict";
import { test } from "node:test";
import type { LightMyRequestResponse } from "fastify";
import { type VoteApp, voteApp } from "./vote-app.js";

const FORM = "application/x-www-form-urlencoded";
const ONCE = /<input type="hidden" name="once" value="([0-9a-f-]{36})">/;

/** A browser without scripts: it keeps the cookie that it gets and posts the form of the page that it shows. */
class Browser {
  readonly #app: VoteApp["app"];
  readonly #keepsCookies: boolean;
  cookie: string | undefined;
  once = "";

  constructor({ app }: VoteApp, keepsCookies = true) {
    this.#app = app;
    this.#keepsCookies = keepsCookies;
  }

  async open(): Promise<LightMyRequestResponse> {
    return this.show(await this.#app.inject({ url: "/", headers: this.#headers() }));
  }

  /** Presses a button; what comes back is shown when the test says so. */
  async press(option: string): Promise<LightMyRequestResponse> {
    const payload = `once=${this.once}&vote=${option}`;
    return this.#app.inject({ method: "POST", url: "/", headers: { ...this.#headers(), "content-type": FORM }, payload });
  }

  show(answer: LightMyRequestResponse): LightMyRequestResponse {
    const set = answer.headers["set-cookie"];
    if (set !== undefined && this.#keepsCookies) this.cookie = String(set).split(";")[0];
    this.once = ONCE.exec(answer.body)?.[1] ?? "";
    assert.notEqual(this.once, "", "the page has no one-time value");
    return answer;
  }

  #headers(): Record<string, string> {
    return this.cookie === undefined ? {} : { cookie: this.cookie };
  }
}

const receiptOf = (answer: LightMyRequestResponse): string => /<code>(.*)<\/code>/.exec(answer.body)?.[1] as string;
const voters = ({ queue }: VoteApp) => new Set(queue.ballots.map(({ voter }) => voter)).size;
const ballots = ({ queue }: VoteApp) => new Set(queue.ballots.map(({ id }) => id)).size;

test("the first page gives the cookie, and the next one does not give another", async () => {
  const vote = await voteApp();
  const browser = new Browser(vote);
  assert.match(
    String((await browser.open()).headers["set-cookie"]),
    /^voter_id=[0-9a-f-]{36}\.[\w-]{22}; Path=\/; Max-Age=31536000; HttpOnly/,
  );
  assert.equal((await browser.open()).headers["set-cookie"], undefined);
  browser.show(await browser.press("a"));
  assert.equal(vote.keyring.openVoter((browser.cookie as string).slice("voter_id=".length)), vote.queue.ballots[0]?.voter);
});

for (const keepsCookies of [true, false]) {
  const who = keepsCookies ? "a browser" : "a browser that keeps no cookies";

  test(`${who}: a double click on a first vote is one ballot of one voter`, async () => {
    const vote = await voteApp();
    const browser = new Browser(vote, keepsCookies);
    await browser.open();
    const [first, second] = await Promise.all([browser.press("a"), browser.press("a")]);
    assert.deepEqual([first.statusCode, second.statusCode], [200, 200]);
    assert.equal(receiptOf(first), receiptOf(second));
    assert.deepEqual([voters(vote), ballots(vote)], [1, 1]);
  });

  test(`${who}: a reload of the answer is the same ballot, the next choice is another one`, async () => {
    const vote = await voteApp();
    const browser = new Browser(vote, keepsCookies);
    await browser.open();
    const first = await browser.press("a");
    assert.equal(receiptOf(await browser.press("a")), receiptOf(first));
    browser.show(first);
    const second = await browser.press("b");
    assert.equal(second.statusCode, 200);
    assert.equal(ballots(vote), 2);
    if (keepsCookies) assert.equal(voters(vote), 1);
  });

  test(`${who}: what is sent again from the page that says 503 is the same ballot, should the first have been stored after all`, async () => {
    const vote = await voteApp();
    const browser = new Browser(vote, keepsCookies);
    await browser.open();
    const stored = await browser.press("a");
    vote.queue.down = true;
    assert.equal(browser.show(await browser.press("a")).statusCode, 503);
    vote.queue.down = false;
    assert.equal(receiptOf(await browser.press("a")), receiptOf(stored));
    assert.deepEqual([voters(vote), ballots(vote)], [1, 1]);
  });
}

test("three presses during an outage and one after it are one voter", async () => {
  const vote = await voteApp();
  vote.queue.down = true;
  const browser = new Browser(vote);
  assert.equal((await browser.open()).statusCode, 503);
  for (let press = 0; press < 3; press++) assert.equal(browser.show(await browser.press("a")).statusCode, 503);
  vote.queue.down = false;
  assert.equal((await browser.press("a")).statusCode, 200);
  assert.deepEqual([voters(vote), ballots(vote)], [1, 1]);
});

for (const { what, url, type, payload, status } of [
  { what: "503", url: "/", type: FORM, payload: "vote=a", status: 503 },
  { what: "503", url: "/api/votes", type: "application/json", payload: '{"vote":"a"}', status: 503 },
  { what: "an unknown option", url: "/", type: FORM, payload: "vote=zebra", status: 400 },
  { what: "an unknown option", url: "/api/votes", type: "application/json", payload: '{"vote":"zebra"}', status: 400 },
  { what: "a content type that is not taken", url: "/", type: "text/plain", payload: "a", status: 415 },
  { what: "malformed JSON", url: "/api/votes", type: "application/json", payload: "{", status: 400 },
  { what: "a body that is too large", url: "/", type: FORM, payload: "x".repeat(5_000), status: 413 },
]) {
  test(`an answer to a POST gives the cookie also when it is a refusal: ${what} at ${url}`, async () => {
    const { app, queue, keyring } = await voteApp();
    queue.down = status === 503;
    const answer = await app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    assert.equal(answer.statusCode, status);
    const cookie = /^voter_id=([^;]*);/.exec(String(answer.headers["set-cookie"]))?.[1] as string;
    assert.notEqual(keyring.openVoter(cookie), null);
    const known = await app.inject({ method: "POST", url, headers: { "content-type": type, cookie: `voter_id=${cookie}` }, payload });
    assert.equal(known.headers["set-cookie"], undefined);
  });
}

for (const { method, url } of [
  { method: "POST", url: "/nowhere" },
  { method: "POST", url: "/style.css" },
  { method: "DELETE", url: "/" },
] as const) {
  test(`where there is no voting, no cookie is given: ${method} ${url}`, async () => {
    const { app } = await voteApp();
    assert.equal((await app.inject({ method, url })).headers["set-cookie"], undefined);
  });
}

test("another option from the page of a vote is 422, and the page that says so takes it", async () => {
  const vote = await voteApp();
  const browser = new Browser(vote);
  await browser.open();
  await browser.press("a");
  const other = browser.show(await browser.press("b"));
  assert.equal(other.statusCode, 422);
  assert.match(other.body, /A vote for another option was cast from this page before; to change it, choose again\./);
  assert.equal((await browser.press("b")).statusCode, 200);
  assert.deepEqual(
    vote.queue.ballots.map(({ option }) => option),
    ["a", "b"],
  );
});

test("a one-time value belongs to its voter: with another cookie it is another ballot", async () => {
  const vote = await voteApp();
  const [one, other] = [new Browser(vote), new Browser(vote)];
  await one.open();
  await other.open();
  other.once = one.once;
  await one.press("a");
  assert.equal((await other.press("b")).statusCode, 200);
  assert.deepEqual([voters(vote), ballots(vote)], [2, 2]);
});

test("a POST without a one-time value is a ballot of its own, and without a cookie a voter of its own", async () => {
  const vote = await voteApp();
  const post = () => vote.app.inject({ method: "POST", url: "/", headers: { "content-type": FORM }, payload: "vote=a" });
  for (let n = 0; n < 3; n++) assert.equal((await post()).statusCode, 200);
  assert.deepEqual([voters(vote), ballots(vote)], [3, 3]);
});

for (const once of ["", "x", "1", "00000000-0000-4000-8000-00000000000G", "%00", "x&once=y"]) {
  test(`a form whose one-time value is "${once}" is 400, and nothing is queued`, async () => {
    const { app, queue } = await voteApp();
    const answer = await app.inject({ method: "POST", url: "/", headers: { "content-type": FORM }, payload: `vote=a&once=${once}` });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.body, /The form&#39;s one-time value is not one of this page; choose again\./);
    assert.equal(queue.ballots.length, 0);
  });
}
