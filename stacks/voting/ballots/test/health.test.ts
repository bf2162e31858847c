import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import { type HealthChecks, serveHealth } from "../src/service.js";

async function ask(checks: HealthChecks): Promise<Record<string, string>> {
  const app = Fastify();
  serveHealth(app, checks);
  const answers = await Promise.all(["/healthz", "/readyz", "/livez"].map(async (url) => [url, await app.inject(url)] as const));
  return Object.fromEntries(answers.map(([url, { statusCode, body }]) => [url, `${statusCode} ${body.trim()}`]));
}

test("a service that can do its work is ready and alive", async () => {
  assert.deepEqual(await ask({ check: async () => undefined }), { "/healthz": "200 ok", "/readyz": "200 ok", "/livez": "200 ok" });
});

test("what it needs is away: not ready, with the reason, and alive", async () => {
  const check = async () => {
    throw new Error("Redis cannot be reached");
  };
  const down = "503 Redis cannot be reached";
  assert.deepEqual(await ask({ check }), { "/healthz": down, "/readyz": down, "/livez": "200 ok" });
});

test("only a restart would help: not alive, with the reason", async () => {
  const checkLive = () => {
    throw new Error("it is stuck");
  };
  assert.equal((await ask({ check: async () => undefined, checkLive }))["/livez"], "503 it is stuck");
});

test("a check that never ends is not ready in 3 seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const app = Fastify();
  serveHealth(app, { check: () => new Promise(() => undefined) });
  await app.ready();
  const answer = app.inject("/readyz");
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  context.mock.timers.tick(3_000);
  assert.equal((await answer).body, "no answer within 3000 ms\n");
});
