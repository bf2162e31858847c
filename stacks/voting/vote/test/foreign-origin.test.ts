import assert from "node:assert/strict";
import { test } from "node:test";
import { isForeign } from "../src/gate.js";
import { TrustedProxies } from "../src/trusted-proxies.js";
import { voteApp } from "./vote-app.js";

const HOST = "poll.example.com";

for (const { headers, trusts = false, foreign } of [
  { headers: {}, foreign: false },
  { headers: { origin: "http://poll.example.com" }, foreign: false },
  { headers: { origin: "https://poll.example.com" }, foreign: false },
  { headers: { origin: "HTTPS://Poll.Example.com" }, foreign: false },
  { headers: { origin: "http://127.0.0.1:8080", host: "127.0.0.1:8080" }, foreign: false },
  { headers: { origin: "http://[::1]:8080", host: "[::1]:8080" }, foreign: false },
  { headers: { origin: "https://poll.example.com:8443", host: "poll.example.com" }, foreign: false },
  { headers: { origin: "https://poll.example.com", host: "vote:80" }, foreign: true },
  { headers: { origin: "https://poll.example.com", host: "vote:80", "sec-fetch-site": "same-origin" }, foreign: false },
  { headers: { origin: "https://poll.example.com", host: "vote:80", "x-forwarded-host": "poll.example.com" }, foreign: true },
  {
    headers: { origin: "https://poll.example.com", host: "vote:80", "x-forwarded-host": "poll.example.com" },
    trusts: true,
    foreign: false,
  },
  { headers: { origin: "https://evil.example.com", host: "vote:80", "x-forwarded-host": "poll.example.com" }, trusts: true, foreign: true },
  { headers: { origin: "https://a.b", host: "vote:80", "x-forwarded-host": "a.b, poll.example.com" }, trusts: true, foreign: true },
  { headers: { origin: "http://evil.example.com" }, foreign: true },
  { headers: { origin: "http://poll.example.com.evil.example.com" }, foreign: true },
  { headers: { origin: "http://poll.example.com@evil.example.com" }, foreign: true },
  { headers: { origin: "http://poll.example.com, http://evil.example.com" }, foreign: true },
  { headers: { origin: "poll.example.com" }, foreign: true },
  { headers: { origin: "file://poll.example.com" }, foreign: true },
  { headers: { origin: "null" }, foreign: true },
  { headers: { origin: "" }, foreign: true },
  { headers: { "sec-fetch-site": "same-origin" }, foreign: false },
  { headers: { "sec-fetch-site": "none" }, foreign: false },
  { headers: { "sec-fetch-site": "cross-site" }, foreign: true },
  { headers: { "sec-fetch-site": "same-site" }, foreign: true },
  { headers: { "sec-fetch-site": "cross-site", origin: "http://poll.example.com" }, foreign: true },
  { headers: { "sec-fetch-site": "same-origin, cross-site" }, foreign: true },
]) {
  test(`${JSON.stringify(headers)}${trusts ? " from a proxy of ours" : ""} is ${foreign ? "foreign" : "our own"}`, () => {
    assert.equal(
      isForeign({ host: HOST, ...headers }, () => trusts),
      foreign,
    );
  });
}

for (const { url, type, payload } of [
  { url: "/", type: "application/x-www-form-urlencoded", payload: "vote=a" },
  { url: "/api/votes", type: "application/json", payload: '{"vote":"a"}' },
]) {
  const post = async (headers: Record<string, string>, env: Record<string, string> = {}) => {
    const vote = await voteApp(env);
    const answer = await vote.app.inject({ method: "POST", url, headers: { "content-type": type, host: "vote:80", ...headers }, payload });
    return { answer, queued: vote.queue.ballots.length };
  };

  test(`what another site's page sends to ${url} is 403 with a sentence, is not queued, and leaves the cookie alone`, async () => {
    for (const headers of [{ origin: "http://evil.example.com" }, { "sec-fetch-site": "cross-site" }]) {
      const { answer, queued } = await post(headers);
      assert.equal(answer.statusCode, 403);
      assert.match(answer.body, /A vote is taken only from a page of this poll/);
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.equal(queued, 0);
    }
  });

  test(`behind a proxy of ours ${url} knows its own host`, async () => {
    const headers = { origin: "https://poll.example.com", "x-forwarded-host": "poll.example.com" };
    assert.equal((await post(headers)).answer.statusCode, 403);
    assert.equal((await post(headers, { TRUSTED_PROXIES: "127.0.0.0/8" })).queued, 1);
  });
}

test("the client of a request is the last address that is none of our proxies", () => {
  const proxies = new TrustedProxies("10.0.1.5, 172.16.0.0/12, fd00::/8");
  for (const [peer, forwardedFor, client] of [
    ["203.0.113.9", "1.2.3.4", "203.0.113.9"],
    ["10.0.1.5", "1.2.3.4", "1.2.3.4"],
    ["::ffff:10.0.1.5", "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    ["10.0.1.5", "6.6.6.6, 1.2.3.4, 172.16.9.9", "1.2.3.4"],
    ["fd00::1", "2001:db8::7", "2001:db8::7"],
    ["10.0.1.5", undefined, "10.0.1.5"],
    ["10.0.1.5", "rubbish", "10.0.1.5"],
    ["10.0.1.5", "1.2.3.4, rubbish", "10.0.1.5"],
  ] as const)
    assert.equal(proxies.clientOf(peer, forwardedFor), client, `${peer} for ${forwardedFor}`);
});

for (const text of ["proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "1.2.3", "::/129", "10.0.0.1 10.0.0.2"]) {
  test(`"${text}" is no list of proxies`, () => {
    assert.throws(() => new TrustedProxies(text), /^Error: TRUSTED_PROXIES must be addresses and networks/);
  });
}
