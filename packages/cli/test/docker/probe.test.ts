import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { explainProbe, isGood, probe } from "../../src/docker/probes.js";

const never = new AbortController().signal;

test("a public service is probed for its health and its page, until both are good", async (t) => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.statusCode = asked <= 2 ? 503 : request.url === "/" ? 404 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = await probe("front", url, ["/healthz", "/"], never);
  assert.deepEqual(found, {
    service: "front",
    url,
    answers: [
      { path: "/healthz", status: 200, reason: "" },
      { path: "/", status: 404, reason: "" },
    ],
  });
  assert.ok(isGood(found));
});

test("health must be 200, a page anything but a failure of the server, and an address there must be", () => {
  const good = (answers: readonly (readonly [string, number | null])[], url: string | null = "http://127.0.0.1:1") =>
    isGood({ service: "front", url, answers: answers.map(([path, status]) => ({ path, status, reason: "" })) });
  assert.ok(
    good([
      ["/healthz", 200],
      ["/", 302],
    ]),
  );
  assert.ok(
    !good([
      ["/healthz", 204],
      ["/", 200],
    ]),
  );
  assert.ok(
    !good([
      ["/healthz", 200],
      ["/", 500],
    ]),
  );
  assert.ok(!good([["/healthz", null]]));
  assert.ok(!good([], null));
});

test("a service that does not answer well from outside is told with its answers", () => {
  const answers = [
    { path: "/healthz", status: null, reason: "connect ECONNREFUSED 127.0.0.1:1" },
    { path: "/", status: 500, reason: "" },
  ];
  const problem = explainProbe({ service: "front", url: "http://127.0.0.1:1", answers }, "groundplan compose logs --service front");
  assert.match(problem.message, /^front is healthy inside its container, but/);
  assert.deepEqual(problem.detail, ["GET http://127.0.0.1:1/healthz: connect ECONNREFUSED 127.0.0.1:1", "GET http://127.0.0.1:1/: 500"]);
  assert.match(explainProbe({ service: "front", url: null, answers: [] }, "x").message, /publishes no port/);
});
