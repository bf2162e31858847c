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
