import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { after, before, test } from "node:test";
import { createApp } from "@voting/ballots";
import { pino } from "pino";
import { MemoryQueue } from "../memory-queue.js";
import { addVote } from "../vote-app.js";

const app = createApp(pino({ level: "silent" }));
const queue = new MemoryQueue();
/** Requests that came to Fastify: all but those that the fast lane took. */
let usual = 0;
app.addHook("onRequest", async () => {
  usual++;
});
before(async () => {
  await addVote(app, queue);
  await app.listen({ port: 0, host: "127.0.0.1" });
});
after(() => app.close());

const ONCE = "3f1c3c3e-8e9d-4a51-9d1c-0d6a1f1f7a10";
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

async function send(url: string, type: string, body: string, headers: readonly string[] = []): Promise<string> {
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: "127.0.0.1" });
  const lines = [
    `POST ${url} HTTP/1.1`,
    "Host: a",
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.write(`${[...lines, ...headers].join("\r\n")}\r\n\r\n${body}`);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  await once(socket, "end");
  return answer;
}

/** An answer without what is drawn for it, its headers in one order. */
function comparable(answer: string): string {
  const [head = "", body = ""] = answer
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replaceAll(/<uuid>\.[\w-]+/g, "<uuid>.<seal>")
    .replace(/^date: .*\r\n/im, "")
    .split("\r\n\r\n");
  const [first = "", ...headers] = head.split("\r\n");
  return [first, ...headers.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())).sort(), "", body].join("\n");
}

for (const { what, url, type, body, headers = [], down = false } of [
  { what: "a vote", url: "/", type: FORM, body: "vote=a" },
  { what: "a vote of the page", url: "/", type: FORM, body: `once=${ONCE}&vote=a` },
  { what: "another option of that page", url: "/", type: FORM, body: "vote=b", headers: [`Idempotency-Key: ${ONCE}-2`] },
  { what: "an unknown option", url: "/", type: FORM, body: "vote=zebra" },
  { what: "a guessable key", url: "/", type: FORM, body: "vote=a", headers: ["Idempotency-Key: 1"] },
  { what: "a vote behind TLS", url: "/", type: FORM, body: "vote=a", headers: ["X-Forwarded-Proto: https"] },
  { what: "another site's page", url: "/", type: FORM, body: "vote=a", headers: ["Origin: http://b"] },
  { what: "another site's page", url: "/api/votes", type: JSON_TYPE, body: '{"vote":"a"}', headers: ["Sec-Fetch-Site: cross-site"] },
  { what: "a vote while the queue is down", url: "/", type: FORM, body: `once=${ONCE}&vote=a`, down: true },
  { what: "a vote", url: "/api/votes", type: JSON_TYPE, body: '{"vote":"a"}' },
  { what: "an unknown option", url: "/api/votes", type: JSON_TYPE, body: '{"vote":"zebra"}' },
  { what: "a guessable key", url: "/api/votes", type: JSON_TYPE, body: '{"vote":"a"}', headers: ["Idempotency-Key: 1"] },
  { what: "a vote while the queue is down", url: "/api/votes", type: JSON_TYPE, body: '{"vote":"a"}', down: true },
]) {
  test(`the fast lane answers as the usual way does: ${what} at ${url}`, async () => {
    queue.down = down;
    const before = usual;
    const fast = await send(url, type, body, headers);
    assert.equal(usual, before, "it went the usual way");
    const slow = await send(url, `${type}; charset=utf-8`, body, headers);
    assert.equal(usual, before + 1, "it took the fast lane");
    assert.equal(comparable(fast), comparable(slow));
    queue.down = false;
  });
}

for (const { what, url, type, body, headers = [], status } of [
  { what: "a form in another writing", url: "/", type: FORM, body: "%76ote=a", status: 200 },
  { what: "JSON in another writing", url: "/api/votes", type: JSON_TYPE, body: '{ "vote":"\\u0061" }', status: 202 },
  { what: "broken JSON", url: "/api/votes", type: JSON_TYPE, body: '{"vote":', status: 400 },
  { what: "an empty body", url: "/", type: FORM, body: "", status: 400 },
  { what: "a body that is too large", url: "/", type: FORM, body: "x".repeat(5_000), status: 413 },
  { what: "another address", url: "/?x=1", type: FORM, body: "vote=a", status: 200 },
]) {
  test(`what is unusual goes the usual way, with its body: ${what}`, async () => {
    const before = usual;
    const answer = await send(url, type, body, headers);
    assert.equal(usual, before + 1);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
  });
}

test("a body in pieces goes the usual way, whole", async () => {
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: "127.0.0.1", noDelay: true });
  const before = usual;
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 6\r\nConnection: close\r\n\r\nvo`);
  const added = queue.ballots.length;
  while (usual === before) await new Promise((resolve) => setTimeout(resolve, 5));
  socket.write("te=b");
  const [answer] = await once(socket.setEncoding("utf8"), "data");
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.deepEqual(
    queue.ballots.slice(added).map(({ option }) => option),
    ["b"],
  );
  socket.destroy();
});

test("a vote is turned away before it is read while as many are inside as may be", async () => {
  const { check } = queue;
  const before = usual;
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  queue.check = () => slow;
  const inside = Array.from({ length: 1_000 }, () => app.inject({ method: "POST", url: "/api/votes", payload: { vote: "a" } }));
  while (usual < before + inside.length) await new Promise((resolve) => setTimeout(resolve, 5));
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: "127.0.0.1" });
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 6\r\n\r\n`);
  const [answer] = await once(socket.setEncoding("utf8"), "data");
  assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 2\r\nset-cookie: voter_id=[\s\S]*Too many votes arrive at once/);
  socket.destroy();
  queue.check = check;
  release();
  assert.deepEqual([...new Set((await Promise.all(inside)).map(({ statusCode }) => statusCode))], [202]);
});
