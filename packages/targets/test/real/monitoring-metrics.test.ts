import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, type TestContext, test } from "node:test";
import { type Databases, freePort, missingProgram, startDatabases, until } from "@groundplan/testing";
import { METRICS } from "../monitoring/metrics.js";

let databases: Databases;
const exporters: ChildProcess[] = [];

before(async () => {
  databases = await startDatabases({ redis: true });
});

after(async () => {
  for (const exporter of exporters) {
    if (exporter.exitCode !== null || exporter.signalCode !== null) continue;
    exporter.kill("SIGTERM");
    await once(exporter, "exit");
  }
  await databases.close();
});

test("the node exporter has every metric that rules and panels ask it for", async (context) => {
  await assertHas(context, "prometheus-node-exporter", {}, METRICS.node);
});

test("the Redis exporter has every metric that rules and panels ask it for", async (context) => {
  if (databases.redisUrl === null) return context.skip("needs redis-server");
  await assertHas(context, "prometheus-redis-exporter", { REDIS_ADDR: databases.redisUrl }, METRICS.redis);
});

test("the PostgreSQL exporter has every metric that rules and panels ask it for, with the password apart", async (context) => {
  const { host, pathname, username, password } = new URL(databases.databaseUrl);
  const env = { DATA_SOURCE_URI: `${host}${pathname}?sslmode=disable`, DATA_SOURCE_USER: username, DATA_SOURCE_PASS: password };
  await assertHas(context, "prometheus-postgres-exporter", env, METRICS.postgres);
});

async function assertHas(
  context: TestContext,
  program: string,
  env: Readonly<Record<string, string>>,
  wanted: readonly string[],
): Promise<void> {
  const reason = missingProgram(program);
  if (reason !== null) return context.skip(reason);
  const url = await start(program, env);
  const missing = async () => {
    const text = await (await fetch(url)).text();
    const found = new Set(text.split("\n").map((line) => /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0]));
    return wanted.filter((name) => !found.has(name));
  };
  await until(`${program} answers`, async () => (await missing()).length < wanted.length);
  assert.deepEqual(await missing(), []);
}

async function start(program: string, env: Readonly<Record<string, string>>): Promise<string> {
  const port = await freePort();
  const child = spawn(program, [`--web.listen-address=127.0.0.1:${port}`], { env: { PATH: process.env.PATH, ...env }, stdio: "ignore" });
  exporters.push(child);
  return `http://127.0.0.1:${port}/metrics`;
}
