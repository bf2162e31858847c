import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "../../src/control-room/start-control-room.js";

const host = "127.0.0.1:8090";
const action = { host, "x-groundplan": "1" };

test("this machine's own names are let in, with and without a port", () => {
  for (const own of ["127.0.0.1:8090", "localhost:8090", "localhost", "LOCALHOST:9000"])
    assert.equal(refusalOf("GET", { host: own }), null);
});

test("a foreign name that was pointed at this machine is turned away", () => {
  for (const foreign of [
    "evil.example:8090",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8090",
    "10.0.0.1:8090",
    "",
    "localhost:8090@evil.example",
  ]) {
    assert.equal(refusalOf("GET", { host: foreign })?.status, 421, foreign);
  }
  assert.equal(refusalOf("GET", {})?.status, 421);
});

test("an action needs the header that no foreign page can send", () => {
  assert.equal(refusalOf("POST", action), null);
  assert.equal(refusalOf("POST", { host })?.message, 'Actions need the header "x-groundplan: 1".');
});

test("an action is refused to a page of another origin, even one on another port of this machine", () => {
  assert.equal(refusalOf("POST", { ...action, origin: `http://${host}`, "sec-fetch-site": "same-origin" }), null);
  for (const foreign of [
    { origin: "http://127.0.0.1:8080" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ]) {
    assert.equal(refusalOf("POST", { ...action, ...foreign })?.status, 403, JSON.stringify(foreign));
  }
});
