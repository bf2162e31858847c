import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { redisHealth } from "../../src/parts/program.js";

async function ask(t: TestContext, answer: string): Promise<string | null> {
  const server = createServer((socket) => socket.once("data", () => socket.end(answer))).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return redisHealth((server.address() as AddressInfo).port, new AbortController().signal);
}

test("a Redis that answers PONG is healthy", async (t) => {
  assert.equal(await ask(t, "+PONG\r\n"), null);
});

test("a Redis that still loads its data is not", async (t) => {
  assert.equal(await ask(t, "-LOADING Redis is loading the dataset in memory\r\n"), "LOADING Redis is loading the dataset in memory");
});

test("one that hangs up without an answer is not", async (t) => {
  assert.equal(await ask(t, ""), "it closed the connection");
});
