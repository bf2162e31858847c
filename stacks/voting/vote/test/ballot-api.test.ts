import assert from "node:assert/strict";
import { test } from "node:test";
import { voteApp } from "./vote-app.js";

const post = (payload: unknown, headers: Record<string, string> = {}) =>
  ({ method: "POST", url: "/api/votes", headers, payload: payload as object }) as const;

test("a JSON vote answers 202 with a receipt of the queued ballot", async () => {
  const { app, queue, keyring } = await voteApp();
  const answer = await app.inject(post({ vote: "b" }));
  assert.equal(answer.statusCode, 202);
  const { ballot, state } = answer.json();
  assert.equal(state, "queued");
  assert.equal(keyring.openReceipt(ballot), queue.ballots[0]?.id);
  assert.match(String(answer.headers["content-type"]), /^application\/json/);
});

test("a retry with the same Idempotency-Key is the same ballot of the same voter, with or without the cookie", async () => {
  const { app, queue } = await voteApp();
  const headers = { "idempotency-key": "try-1" };
  const first = await app.inject(post({ vote: "a" }, headers));
  const cookie = String(first.headers["set-cookie"]).split(";")[0] as string;
  const without = await app.inject(post({ vote: "a" }, headers));
  const withCookie = await app.inject(post({ vote: "a" }, { ...headers, cookie }));
  const other = await app.inject(post({ vote: "a" }, { "idempotency-key": "try-2", cookie }));
  assert.equal(without.json().ballot, first.json().ballot);
  assert.equal(withCookie.json().ballot, first.json().ballot);
  assert.notEqual(other.json().ballot, first.json().ballot);
  assert.equal(new Set(queue.ballots.map((ballot) => ballot.voter)).size, 1);
});

test("another option under the same Idempotency-Key is a ballot of its own, so that no answer promises what is not counted", async () => {
  const { app, queue } = await voteApp();
  const headers = { "idempotency-key": "try-1" };
  const receipts = [];
  for (const vote of ["a", "b", "b"]) receipts.push((await app.inject(post({ vote }, headers))).json().ballot);
  assert.notEqual(receipts[0], receipts[1]);
  assert.equal(receipts[1], receipts[2]);
  assert.deepEqual(
    queue.ballots.map(({ option }) => option),
    ["a", "b", "b"],
  );
  assert.equal(new Set(queue.ballots.map(({ voter }) => voter)).size, 1);
});

test("a thousand votes at once share round trips and are all queued", async () => {
  const { app, queue } = await voteApp();
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => app.inject(post({ vote: "a" }))));
  assert.deepEqual([...new Set(answers.map((answer) => answer.statusCode))], [202]);
  assert.equal(new Set(queue.ballots.map((ballot) => ballot.id)).size, 1_000);
});

test("accepted, refused and queued votes are counted in the metrics", async () => {
  const { app, queue, registry } = await voteApp();
  await app.inject(post({ vote: "a" }));
  await app.inject(post({ vote: "x" }));
  const up = await registry.metrics();
  assert.match(up, /^votes_accepted_total 1$/m);
  assert.match(up, /^votes_queued_total 1$/m);
  assert.match(up, /^votes_refused_total\{reason="option"\} 1$/m);
  assert.match(up, /^votes_accept_seconds_count 1$/m);
  queue.down = true;
  assert.doesNotMatch(await registry.metrics(), /^votes_queued_total/m);
});

test("with the queue down the API answers 503 and says when to try again", async () => {
  const { app, queue } = await voteApp();
  queue.down = true;
  const answer = await app.inject(post({ vote: "a" }));
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.headers["retry-after"], "2");
  assert.match(answer.json().error, /^Votes cannot be taken right now/);
});
