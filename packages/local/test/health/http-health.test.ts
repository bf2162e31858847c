import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { httpHealth } from "../../src/health/http-health.js";

const never = new AbortController().signal;

async function serverWith(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("a 2xx is healthy", async (t) => {
  const port = await serverWith(t, (request, response) => response.writeHead(request.url === "/ready" ? 204 : 500).end());
  assert.equal(await httpHealth(port, "/ready", never), null);
});

const answers: readonly [name: string, status: number, body: string, reason: string][] = [
  ["the text of a 503", 503, "the queue is\n down ", "the queue is down"],
  ["the reason of a JSON answer", 503, '{"status":"sick","reason":"no database"}', "no database"],
  ["a JSON answer without a reason as it is", 503, '{"ok":false}', '{"ok":false}'],
  ["the status when there is no text", 404, "", "/healthz answered 404"],
  ["no more than 300 characters", 503, "x".repeat(9_000), "x".repeat(300)],
];
for (const [name, status, body, reason] of answers) {
  test(`the reason is ${name}`, async (t) => {
    const port = await serverWith(t, (_request, response) => response.writeHead(status).end(body));
    assert.equal(await httpHealth(port, "/healthz", never), reason);
  });
}

test("a service that does not listen says so", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  assert.equal(await httpHealth(port, "/healthz", never), `it does not listen on port ${port} yet`);
});

test("a question that is given up is answered at once", async (t) => {
  const port = await serverWith(t, () => {});
  const giveUp = new AbortController();
  const answer = httpHealth(port, "/healthz", giveUp.signal);
  giveUp.abort();
  assert.match((await answer) ?? "", /aborted/);
});
