import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type VoteApp, voteApp } from "./vote-app.js";

const post = ({ app }: VoteApp, key: string, option = "a", cookie?: string) =>
  app.inject({
    method: "POST",
    url: "/api/votes",
    headers: { "idempotency-key": key, ...(cookie && { cookie }) },
    payload: { vote: option },
  });

const cookieOf = (answer: Awaited<ReturnType<typeof post>>): string => String(answer.headers["set-cookie"]).split(";")[0] as string;

for (const key of [randomUUID(), randomUUID().toUpperCase(), "A".repeat(22), "Az09_-".repeat(4), "x".repeat(255)]) {
  test(`without a cookie the key ${key.slice(0, 40)} names the voter: a retry is the same ballot`, async () => {
    const vote = await voteApp();
    const first = await post(vote, key);
    const without = await post(vote, key);
    const withCookie = await post(vote, key, "a", cookieOf(first));
    assert.deepEqual(
      [first, without, withCookie].map(({ statusCode }) => statusCode),
      [202, 202, 202],
    );
    assert.equal(without.json().ballot, first.json().ballot);
    assert.equal(withCookie.json().ballot, first.json().ballot);
    assert.equal(cookieOf(without), cookieOf(first));
    assert.equal(new Set(vote.queue.ballots.map(({ voter }) => voter)).size, 1);
  });
}

for (const key of ["1", "retry-1", "A".repeat(21), `${"A".repeat(21)}!`, "x".repeat(21).concat("/"), `{${randomUUID()}}`]) {
  test(`without a cookie the key ${key} is 400: two strangers may come up with it`, async () => {
    const vote = await voteApp();
    const answer = await post(vote, key);
    assert.equal(answer.statusCode, 400);
    assert.match(answer.json().error, /^Without the voter's cookie .* a UUID, as uuidgen or crypto\.randomUUID\(\) makes it/);
    assert.equal(vote.queue.ballots.length, 0);
  });
}

test("with a cookie any key counts, for that voter alone", async () => {
  const vote = await voteApp();
  const cookies = [cookieOf(await post(vote, randomUUID())), cookieOf(await post(vote, randomUUID()))];
  const receipts = [];
  for (const cookie of cookies) for (let n = 0; n < 2; n++) receipts.push((await post(vote, "1", "a", cookie)).json().ballot);
  assert.equal(receipts[0], receipts[1]);
  assert.equal(receipts[2], receipts[3]);
  assert.notEqual(receipts[0], receipts[2]);
});

test("the cookie that a refusal of a weak key gives makes the key good", async () => {
  const vote = await voteApp();
  const refused = await post(vote, "1");
  assert.equal((await post(vote, "1", "a", cookieOf(refused))).statusCode, 202);
});

test("one key with another option is 422, also when both are sent at once", async () => {
  const vote = await voteApp();
  const key = randomUUID();
  const answers = await Promise.all(["a", "b", "a", "b"].map((option) => post(vote, key, option)));
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [202, 422, 202, 422],
  );
  assert.match(answers[1]?.json().error, /^This Idempotency-Key came with another option before/);
  assert.equal((await post(vote, key, "b")).statusCode, 422);
  assert.deepEqual(new Set(vote.queue.ballots.map(({ option }) => option)), new Set(["a"]));
});

test("a retry after a 503 is the same ballot, should the first have been stored after all", async () => {
  const vote = await voteApp();
  const key = randomUUID();
  const stored = await post(vote, key);
  vote.queue.down = true;
  const refused = await post(vote, key);
  assert.equal(refused.statusCode, 503);
  vote.queue.down = false;
  assert.equal((await post(vote, key, "a", cookieOf(refused))).json().ballot, stored.json().ballot);
});

test("a retry is the same ballot at a service that signs with another key", async () => {
  const [before, after] = [await voteApp({ VOTER_KEY: "an old key of the tests" }), await voteApp({ VOTER_KEY: "a new key of the tests" })];
  const key = randomUUID();
  await post(before, key);
  await post(after, key);
  assert.deepEqual(
    before.queue.ballots.map(({ id, voter }) => [id, voter]),
    after.queue.ballots.map(({ id, voter }) => [id, voter]),
  );
});

test("a key of the form's shape and one of the header never meet", async () => {
  const vote = await voteApp();
  const key = randomUUID();
  const first = await post(vote, key);
  const form = { cookie: cookieOf(first), "content-type": "application/x-www-form-urlencoded" };
  const answer = await vote.app.inject({ method: "POST", url: "/", headers: form, payload: `vote=b&once=${key}` });
  assert.equal(answer.statusCode, 200);
});
