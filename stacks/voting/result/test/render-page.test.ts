import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPage } from "../src/result-page.js";

const results = (a: number, b: number) => ({
  options: [
    { id: "a", label: "Cats & <Kittens>", votes: a },
    { id: "b", label: "Dogs", votes: b },
  ],
  total: a + b,
  asOf: "2026-01-01T00:00:00.000Z",
});
const NOTHING = { receipt: "", state: null };

test("no votes are shown as no votes, not as a draw", () => {
  const page = renderPage(results(0, 0), NOTHING, null);
  assert.match(page, /No votes yet/);
  assert.equal(page.match(/>no votes</g)?.length, 2);
  assert.doesNotMatch(page, /%</);
});

test("votes are shown as counts, shares and bars", () => {
  const page = renderPage(results(3, 1), NOTHING, null);
  assert.match(page, /75\.0 %/);
  assert.match(page, /<progress max="100" value="25\.0" aria-label="Dogs">/);
  assert.match(page, /3 votes</);
  assert.match(page, /1 vote</);
  assert.match(page, /4 votes in all/);
});

test("labels and receipts cannot bring markup in", () => {
  const page = renderPage(results(1, 1), { receipt: '"><script>', state: "unknown" }, "http://vote.example.com/?a&b");
  assert.match(page, /Cats &#38; &#60;Kittens&#62;/);
  assert.doesNotMatch(page, /"><script>/);
  assert.match(page, /This is not a receipt of this poll\./);
  assert.match(page, /<a href="http:\/\/vote\.example\.com\/\?a&#38;b">Vote<\/a>/);
});

test("before the first read the page says that there is nothing to show yet", () => {
  assert.match(renderPage(null, NOTHING, null), /The results are not there yet/);
});
