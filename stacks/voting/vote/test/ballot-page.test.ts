import assert from "node:assert/strict";
import { test } from "node:test";
import { voteApp } from "./vote-app.js";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

test("the page offers each option as a button of a plain form", async () => {
  const { app } = await voteApp({ OPTIONS: "Cats, Dogs, <Birds>" });
  const page = await app.inject("/");
  assert.equal(page.statusCode, 200);
  for (const id of ["a", "b", "c"]) assert.match(page.body, new RegExp(`<button name="vote" value="${id}">`));
  assert.match(page.body, /&#60;Birds&#62;/);
  assert.match(page.body, /<a href="http:\/\/results\.example\.com">See the results<\/a>/);
  assert.doesNotMatch(page.body, /<script|<Birds>/);
});

test("a classic form vote answers 200 with the choice marked, and queues one ballot", async () => {
  const { app, queue, keyring } = await voteApp();
  const answer = await app.inject({ method: "POST", url: "/", headers: FORM, payload: "vote=a" });
  assert.equal(answer.statusCode, 200);
  assert.match(answer.body, /value="a" aria-pressed="true">Cats/);
  assert.match(answer.body, /value="b" aria-pressed="false">Dogs/);
  assert.deepEqual(
    queue.ballots.map((ballot) => ballot.option),
    ["a"],
  );
  const receipt = /<code>(.*)<\/code>/.exec(answer.body)?.[1] ?? "";
  assert.equal(keyring.openReceipt(receipt), queue.ballots[0]?.id);
});

test("the voter's cookie is signed, out of reach of scripts, and kept by the next vote", async () => {
  const { app, queue } = await voteApp();
  const first = await app.inject({ method: "POST", url: "/", headers: FORM, payload: "vote=a" });
  const cookie = String(first.headers["set-cookie"]);
  assert.match(cookie, /^voter_id=[0-9a-f-]{36}\.[\w-]{22}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/);
  const again = await app.inject({
    method: "POST",
    url: "/",
    headers: { ...FORM, cookie: `x=1; ${cookie.split(";")[0]}` },
    payload: "vote=b",
  });
  assert.equal(again.headers["set-cookie"], undefined);
  assert.equal(queue.ballots[0]?.voter, queue.ballots[1]?.voter);
  assert.notEqual(queue.ballots[0]?.id, queue.ballots[1]?.id);
});

test("a forged cookie is a new voter, and behind TLS the new cookie is Secure", async () => {
  const { app, queue } = await voteApp();
  const forged = "00000000-0000-4000-8000-000000000000";
  const headers = { ...FORM, cookie: `voter_id=${forged}.AAAAAAAAAAAAAAAAAAAAAA`, "x-forwarded-proto": "https" };
  const answer = await app.inject({ method: "POST", url: "/", headers, payload: "vote=a" });
  assert.notEqual(queue.ballots[0]?.voter, forged);
  assert.match(String(answer.headers["set-cookie"]), /; Secure$/);
});

test("the page may run no script and be framed by nobody", async () => {
  const { app } = await voteApp();
  const { headers } = await app.inject("/");
  assert.match(String(headers["content-security-policy"]), /default-src 'none'; style-src 'self'.*frame-ancestors 'none'/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "same-origin");
});

test("with the queue down the page says so with 503, and a vote gets 503 and is not queued", async () => {
  const { app, queue } = await voteApp();
  queue.down = true;
  const page = await app.inject("/");
  assert.equal(page.statusCode, 503);
  assert.match(page.body, /Voting is paused/);
  assert.match(page.body, /<button name="vote" value="a" disabled>/);
  const vote = await app.inject({ method: "POST", url: "/", headers: FORM, payload: "vote=a" });
  assert.equal(vote.statusCode, 503);
  assert.match(vote.body, /Votes cannot be taken right now/);
  queue.down = false;
  assert.equal((await app.inject("/")).statusCode, 200);
  assert.equal(queue.ballots.length, 0);
});
