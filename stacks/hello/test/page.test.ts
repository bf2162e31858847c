import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPage } from "../frontend/page.mjs";

test("the page shows what the backend says, and only that needs no reload", () => {
  const page = renderPage(200, "Hello, World!");
  assert.match(page, /<h1>Hello, World!<\/h1>/);
  assert.doesNotMatch(page, /http-equiv="refresh"|role="alert"/);
});

test("markup in the backend's answer is shown, not obeyed", () => {
  const page = renderPage(200, `<script>alert("1")</script> & 'more'`);
  assert.match(page, /<h1>&#60;script&#62;alert\(&#34;1&#34;\)&#60;\/script&#62; &#38; &#39;more&#39;<\/h1>/);
});

test("a problem is said as an alert, and the page tries again by itself", () => {
  const page = renderPage(504, "The backend sleeps <soundly>.");
  assert.match(page, /<p role="alert">The backend sleeps &#60;soundly&#62;\.<\/p>/);
  assert.match(page, /<meta http-equiv="refresh" content="5">/);
});
