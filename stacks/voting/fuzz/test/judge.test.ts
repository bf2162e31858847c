import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange, Expected } from "../src/exchange.js";
import { accepted, exchange, fetched, malformed, refused } from "../src/expectations.js";
import { judge } from "../src/judge.js";
import { ResponseReader } from "../src/response-reader.js";
import type { Observed } from "../src/run-exchange.js";

const RECEIPT = "00000000-0000-4000-8000-000000000000.AAAAAAAAAAAA";
const COOKIE = `voter_id=11111111-0000-4000-8000-000000000000.${"A".repeat(22)}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`;

function answer(status: number, body: string, headers: Record<string, string> = {}): string {
  const all = {
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "content-length": String(body.length),
    ...headers,
  };
  return `HTTP/1.1 ${status} X\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n${body}`;
}

const BAD = answer(400, '{"error":"That is not an option."}');
const VOTED = answer(202, `{"ballot":"${RECEIPT}","state":"queued"}`);

function problems(
  expected: readonly Expected[],
  bytes: string,
  more: Partial<Exchange> = {},
  end: Observed["end"] = "left",
  down = false,
  tookMs = 0,
): string {
  const reader = new ResponseReader(() => ({}));
  reader.feed(bytes);
  const observed = { answers: reader.answers, end, unreadable: null, waitedMs: 0, tookMs };
  return judge({ name: "class", ...exchange("x", expected, more) }, observed, down).problems.join("; ");
}

test("answers as the contract says have no problem", () => {
  assert.equal(problems([accepted("api", "a")], VOTED), "");
  assert.equal(problems([refused("api", 400)], BAD), "");
  assert.equal(problems([fetched("text/css")], answer(200, "", { "content-type": "text/css" })), "");
});

test("an answer too few, too many, or with another status is told", () => {
  assert.match(problems([accepted("api", "a"), malformed()], VOTED), /^answer 2 of 2 is missing/);
  assert.match(problems([accepted("api", "a")], VOTED + BAD), /^answer 2 \(400\) has no request$/);
  assert.match(problems([refused("api", 400)], VOTED), /400 was due/);
  assert.match(problems([accepted("api", "a")], BAD), /202 was due/);
  assert.match(problems([malformed()], BAD, { closes: true }, "late"), /not closed/);
});

test("a refusal without a clear sentence, in the wrong form or without its headers is told", () => {
  const expected = [refused("api", 400, 405, 500)];
  assert.match(problems(expected, answer(400, '{"error":"Bad Request","statusCode":400}')), /no clear sentence/);
  assert.match(problems(expected, answer(400, "")), /no clear sentence/);
  assert.match(problems(expected, answer(400, "<p>Bad.</p>", { "content-type": "text/html" })), /a JSON was due/);
  assert.match(problems([refused("page", 400)], BAD), /a page was due/);
  assert.match(problems(expected, answer(405, '{"error":"That is not possible."}')), /allow is missing/);
  assert.match(problems(expected, BAD.replace("nosniff", "sniff")), /x-content-type-options is missing/);
});

test("a vote without a receipt, or with a cookie that does not fit, is told", () => {
  assert.match(problems([accepted("api", "a")], answer(202, "{}")), /no receipt/);
  assert.match(
    problems([accepted("api", "a")], VOTED.replace("\r\n\r\n", `\r\nset-cookie: ${COOKIE}\r\n\r\n`)),
    /a known voter a new cookie/,
  );
  assert.match(problems([accepted("api", "a", { voter: "new" })], VOTED), /a new voter no cookie/);
  assert.equal(problems([accepted("api", "a", { voter: "new" })], VOTED.replace("\r\n\r\n", `\r\nset-cookie: ${COOKIE}\r\n\r\n`)), "");
});

test("while the queue is down a vote is 503 with Retry-After and no 2xx, and a refusal stays one", () => {
  const busy = (headers = {}) => answer(503, '{"error":"Votes cannot be taken right now."}', headers);
  assert.equal(problems([accepted("api", "a")], busy({ "retry-after": "2" }), {}, "left", true), "");
  assert.match(problems([accepted("api", "a")], busy(), {}, "left", true), /retry-after is missing/);
  assert.match(problems([accepted("api", "a")], VOTED, {}, "left", true), /503 was due/);
  assert.match(problems([accepted("api", "a")], busy({ "retry-after": "2" })), /202 was due/);
  assert.equal(problems([refused("api", 400)], BAD, {}, "left", true), "");
});

test("with the queue up a vote may be refused only after the time that the service waits for it, and then it may be counted", () => {
  const busy = answer(503, '{"error":"Votes cannot be taken right now."}', { "retry-after": "2" });
  assert.match(problems([accepted("api", "a")], busy, {}, "left", false, 1_900), /202 was due/);
  assert.equal(problems([accepted("api", "a")], busy, {}, "left", false, 2_100), "");
  assert.match(problems([refused("api", 400)], busy, {}, "left", false, 2_100), /400 was due/);
  const reader = new ResponseReader(() => ({}));
  reader.feed(busy);
  const observed = { answers: reader.answers, end: "left", unreadable: null, waitedMs: 0, tookMs: 2_100 } as const;
  const exchanged = { name: "class", ...exchange("x", [accepted("api", "a")]) };
  assert.deepEqual(
    judge(exchanged, observed, false).refusedLate.map(({ option, voter }) => `${option} ${voter}`),
    ["a own"],
  );
  assert.deepEqual(judge(exchanged, observed, true).refusedLate, []);
});

test("a refusal that gives no cookie where one is due, or one where none is, is told", () => {
  const given = BAD.replace("\r\n\r\n", `\r\nset-cookie: ${COOKIE}\r\n\r\n`);
  assert.match(problems([{ ...refused("api", 400), cookie: "given" }], BAD), /it gives no voter cookie/);
  assert.equal(problems([{ ...refused("api", 400), cookie: "given" }], given), "");
  assert.match(problems([{ ...refused("api", 400), cookie: "none" }], given), /it gives a voter cookie/);
  assert.match(problems([refused("api", 400)], given.replace("HttpOnly; ", "")), /its cookie is odd/);
});
