import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@groundplan/testing";
import { CastRecord } from "../../src/cast-record.js";
import { castVotes } from "../../src/cast-votes.js";
import { type Load, MOST_UNDER_WAY } from "../../src/load.js";
import { StackClient } from "../../src/stack-client.js";

async function serve(t: TestContext, answer: RequestListener): Promise<StackClient> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const client = new StackClient({ vote: url, result: url }, MOST_UNDER_WAY);
  t.after(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const accept: RequestListener = (request, response) => {
  request.resume();
  response.writeHead(202).end('{"ballot":"one","state":"queued"}');
};

const never = new AbortController().signal;

test("each kind of answer is counted as what it tells about the vote", async (t) => {
  const answers: RequestListener[] = [
    accept,
    (_request, response) => response.writeHead(400).end('{"error":"That is not an option."}'),
    (_request, response) => response.writeHead(503).end('{"error":"Try again."}'),
    (_request, response) => response.writeHead(202).end("no receipt"),
    (request) => request.socket.destroy(),
  ];
  const client = await serve(t, (request, response) => answers.shift()?.(request, response));
  const record = new CastRecord();
  for (let n = 0; n < 5; n++) await record.cast(client, "a", performance.now());
  assert.deepEqual([record.sent, record.receipts, record.refused, record.unanswered, record.uncertain], [5, ["one"], 2, 2, 3]);
  const reasons = [...record.refusals.keys()];
  assert.deepEqual(reasons.slice(0, 3), ["HTTP 400: That is not an option.", "HTTP 503: Try again.", "HTTP 202 without a receipt"]);
  assert.match(reasons[3] ?? "", /socket hang up/);
});

test("a vote to where nobody listens was not sent: it is refused, not unanswered", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const client = new StackClient({ vote: url, result: url }, 1);
  const record = new CastRecord();
  await record.cast(client, "a", 0);
  assert.deepEqual([record.refused, record.unanswered, record.uncertain], [1, 0, 0]);
  assert.match([...record.refusals.keys()].join(), /nothing answers there; is the stack running\?/);
  client.close();
});

test("an open load goes on while a service answers nothing, and counts from when each vote was due", async (t) => {
  // The stall begins with the 60th vote, and ends when 30 more wait that were due 5 ms apart.
  const waiting: (() => void)[] = [];
  let asked = 0;
  let isOver = false;
  const client = await serve(t, (request, response) => {
    if (++asked < 60 || isOver) return accept(request, response);
    waiting.push(() => accept(request, response));
    if (waiting.length < 30) return;
    isOver = true;
    for (const answer of waiting) answer();
  });
  const record = new CastRecord();
  const load: Load = { kind: "open", votes: 200, votesPerSecond: 200, durationMs: 1_000, split: [1, 1] };
  const { lateMs, held } = await castVotes(client, ["a", "b"], load, record, never);
  assert.deepEqual([record.receipts.length, lateMs.length, held, waiting.length], [200, 200, 0, 30]);
  const latencies = record.acceptedAtMs.map((atMs, index) => atMs - (record.startMs[index] as number));
  assert.ok(latencies.filter((latency) => latency >= 70).length >= 15, "all that were due in the stall show it, not one for each client");
});

test("an open load holds votes back at its ceiling, says how many, and lets them count from when they were due", async (t) => {
  const waiting: (() => void)[] = [];
  let isStalled = true;
  const client = await serve(t, (request, response) => {
    if (isStalled) waiting.push(() => accept(request, response));
    else accept(request, response);
  });
  const votes = MOST_UNDER_WAY + 50;
  const record = new CastRecord();
  const load: Load = { kind: "open", votes, votesPerSecond: 20_000, durationMs: 0, split: [1, 1] };
  const cast = castVotes(client, ["a", "b"], load, record, never);
  while (waiting.length < MOST_UNDER_WAY) await sleep(10);
  assert.equal(record.sent, MOST_UNDER_WAY);
  await sleep(200);
  isStalled = false;
  for (const answer of waiting) answer();
  const { lateMs, held } = await cast;
  assert.equal(record.receipts.length, votes);
  assert.ok(held >= 1 && held <= 50, `${held} held`);
  assert.ok(
    lateMs.slice(MOST_UNDER_WAY).every((late) => late > 150),
    "each that came behind the ceiling says how late it was",
  );
  const first = Math.min(...record.startMs);
  const due = [...record.startMs].sort((x, y) => x - y).map((startMs) => Math.round(1_000 * (startMs - first)));
  assert.deepEqual(
    due,
    Array.from({ length: votes }, (_, index) => 50 * index),
    "50 µs from one to the next, however late they were sent",
  );
});

test("a load that is told to stop sends no more and waits for the answers", async (t) => {
  let stopping = new AbortController();
  let asked = 0;
  const client = await serve(t, async (request, response) => {
    if (++asked === 20) stopping.abort();
    await sleep(5);
    accept(request, response);
  });
  for (const load of [
    { kind: "closed", votes: 1_000, parallel: 5, split: [1, 1] },
    // Its last votes are due in 20 s.
    { kind: "open", votes: 1_000, votesPerSecond: 50, durationMs: 20_000, split: [1, 1] },
  ] as const) {
    stopping = new AbortController();
    asked = 0;
    const record = new CastRecord();
    await castVotes(client, ["a", "b"], load, record, stopping.signal);
    assert.equal(record.answered, record.sent);
    assert.ok(record.sent > 0 && record.sent < load.votes, `${load.kind}: ${record.sent}`);
  }
});
