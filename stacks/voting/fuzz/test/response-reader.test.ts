import assert from "node:assert/strict";
import { test } from "node:test";
import { propertyRuns } from "@groundplan/testing";
import fc from "fast-check";
import { type AnswerFrame, BadAnswer, ResponseReader } from "../src/response-reader.js";

function readAll(pieces: readonly string[], frames: readonly AnswerFrame[] = []): ResponseReader {
  const reader = new ResponseReader((index) => frames[index] ?? {});
  for (const piece of pieces) reader.feed(piece);
  return reader;
}

const ODD =
  "HTTP/1.1 100 Continue\r\n\r\n" +
  "HTTP/1.0 200 \r\nX-Two:a\r\nx-two: \tb \r\nContent-Length: 3\r\n\r\n\xc3\xa9!" +
  "HTTP/1.1 404 Not  Found\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-Trailer: a\r\n\r\n" +
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n" +
  "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" +
  "HTTP/1.1 204 No Content\r\n\r\n";

test("odd answers that are legal are read, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(ODD.length)), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), ODD.length];
      const pieces = cuts.slice(1).map((end, index) => ODD.slice(cuts[index], end));
      const { answers, unread } = readAll(pieces, [{}, {}, {}, { bodyless: true }]);
      assert.deepEqual(
        answers.map(({ status, body }) => [status, body]),
        [
          [200, "é!"],
          [404, "abc0123456789"],
          [304, ""],
          [200, ""],
          [204, ""],
        ],
      );
      assert.deepEqual(answers[0]?.headers.get("x-two"), ["a", "b"]);
      assert.equal(unread, "");
    }),
    propertyRuns(),
  );
});

test("the head of a stream without end is an answer", () => {
  const { answers } = readAll(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nretr"], [{ openEnded: true }]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200],
  );
});

test("an answer that is not whole is none yet", () => {
  const { answers, unread } = readAll(["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"]);
  assert.equal(answers.length, 0);
  assert.notEqual(unread, "");
});

for (const bytes of [
  "rubbish",
  "HTTP/2 200 OK\r\n\r\n",
  "HTTP/1.1 99 No\r\n\r\n",
  "HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\nno length",
  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{"error":1}',
]) {
  test(`${JSON.stringify(bytes)} is no answer`, () => {
    assert.throws(() => readAll([bytes]), BadAnswer);
  });
}
