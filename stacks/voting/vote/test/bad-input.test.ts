import assert from "node:assert/strict";
import { test } from "node:test";
import { voteApp } from "./vote-app.js";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

interface BadRequest {
  readonly what: string;
  readonly method?: "POST" | "PUT" | "DELETE" | "PATCH";
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly sentence: RegExp;
}

/** At both addresses: each gets its status and its sentence, and nothing is queued. */
const AT_PAGE: readonly BadRequest[] = [
  {
    what: "an unknown option",
    type: FORM,
    body: "vote=zebra",
    status: 400,
    sentence: /not an option of this poll; the options are a, b\./,
  },
  { what: "an option in capitals", type: FORM, body: "vote=A", status: 400, sentence: /not an option/ },
  { what: "no vote in the form", type: FORM, body: "colour=red", status: 400, sentence: /A vote is missing/ },
  { what: "an empty form", type: FORM, body: "", status: 400, sentence: /A vote is missing|The body is missing/ },
  { what: "two votes", type: FORM, body: "vote=a&vote=b", status: 400, sentence: /Only one vote/ },
  { what: "no body", status: 400, sentence: /The body is missing/ },
  { what: "a name that begins with a question mark", type: FORM, body: "?vote=a", status: 400, sentence: /A vote is missing/ },
  { what: "a malformed form", type: FORM, body: "vote=%zz", status: 400, sentence: /not an option/ },
  { what: "a body too large", type: FORM, body: `vote=${"a".repeat(5_000)}`, status: 413, sentence: /The body is too large/ },
  { what: "another content type", type: "text/plain", body: "vote=a", status: 415, sentence: /content type/ },
  { what: "JSON", type: JSON_TYPE, body: '{"vote":"a"}', status: 415, sentence: /content type/ },
  {
    what: "a wrong method",
    method: "PUT",
    type: FORM,
    body: "vote=a",
    status: 405,
    sentence: /PUT is not possible here; use GET, HEAD, POST/,
  },
  {
    what: "a bad Idempotency-Key",
    type: FORM,
    body: "vote=a",
    headers: { "idempotency-key": "a b" },
    status: 400,
    sentence: /Idempotency-Key must be/,
  },
];

const AT_API: readonly BadRequest[] = [
  { what: "an unknown option", type: JSON_TYPE, body: '{"vote":"zebra"}', status: 400, sentence: /the options are a, b\./ },
  { what: "an option that is no text", type: JSON_TYPE, body: '{"vote":["a"]}', status: 400, sentence: /not an option/ },
  { what: "no vote", type: JSON_TYPE, body: "{}", status: 400, sentence: /A vote is missing/ },
  { what: "a list", type: JSON_TYPE, body: '["a"]', status: 400, sentence: /must be a JSON object/ },
  { what: "null", type: JSON_TYPE, body: "null", status: 400, sentence: /must be a JSON object/ },
  { what: "no body", status: 400, sentence: /The body is missing/ },
  { what: "an empty body", type: JSON_TYPE, body: "", status: 400, sentence: /The body is (empty|missing)/ },
  { what: "malformed JSON", type: JSON_TYPE, body: '{"vote":', status: 400, sentence: /not valid JSON/ },
  {
    what: "a poisoned prototype",
    type: JSON_TYPE,
    body: '{"__proto__":{"vote":"a"}}',
    status: 400,
    sentence: /not valid JSON|cannot be read/,
  },
  { what: "a body too large", type: JSON_TYPE, body: `{"vote":"${"a".repeat(5_000)}"}`, status: 413, sentence: /too large/ },
  { what: "a form", type: FORM, body: "vote=a", status: 415, sentence: /content type/ },
  { what: "plain text", type: "text/plain", body: "a", status: 415, sentence: /content type/ },
  { what: "a wrong method", method: "DELETE", status: 405, sentence: /DELETE is not possible here; use POST/ },
];

for (const [url, cases] of [
  ["/", AT_PAGE],
  ["/api/votes", AT_API],
] as const) {
  for (const { what, method = "POST", type, body, headers = {}, status, sentence } of cases) {
    test(`${what} at ${url} gets ${status} with a sentence and queues nothing`, async () => {
      const { app, queue } = await voteApp();
      const answer = await app.inject({
        method,
        url,
        headers: { ...headers, ...(type === undefined ? {} : { "content-type": type }) },
        ...(body === undefined ? {} : { payload: body }),
      });
      assert.equal(answer.statusCode, status, answer.body);
      assert.match(answer.body, sentence);
      assert.match(String(answer.headers["content-type"]), url === "/" ? /^text\/html/ : /^application\/json/);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.equal(queue.ballots.length, 0);
    });
  }
}

test("an unknown address is 404", async () => {
  const { app } = await voteApp();
  const answer = await app.inject("/nowhere");
  assert.equal(answer.statusCode, 404);
  assert.deepEqual(answer.json(), { error: "There is nothing at this address." });
});

test("what comes to an unknown address is 404 whatever its body", async () => {
  const { app } = await voteApp();
  const answer = await app.inject({ method: "POST", url: "/nowhere", headers: { "content-type": JSON_TYPE }, payload: "{" });
  assert.equal(answer.statusCode, 404);
});

test("a wrong method at the page is answered as a page that may run no script", async () => {
  const { app } = await voteApp();
  const answer = await app.inject({ method: "DELETE", url: "/" });
  assert.equal(answer.headers.allow, "GET, HEAD, POST");
  assert.match(String(answer.headers["content-security-policy"]), /^default-src 'none'/);
});
