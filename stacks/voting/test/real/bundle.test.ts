import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Databases, freePort, runProgram, startDatabases, until, untilDone } from "@groundplan/testing";

const SERVICES = ["vote", "worker", "result"] as const;
type Service = (typeof SERVICES)[number];

let databases: Databases;
const children = new Map<Service, ChildProcess>();
const urls = new Map<Service, string>();

before(async () => {
  databases = await startDatabases({ redis: true });
  for (const service of SERVICES) {
    const folder = fileURLToPath(new URL(`../../${service}/`, import.meta.url));
    await runProgram(process.execPath, ["../bundle.mjs"], { cwd: folder });
    const port = await freePort();
    urls.set(service, `http://127.0.0.1:${port}`);
    const env = {
      PORT: String(port),
      HOST: "127.0.0.1",
      NODE_ENV: "production",
      OPTION_A: "Cats",
      OPTION_B: "Dogs",
      VOTER_KEY: "a key for this test only",
      DB_URL: databases.databaseUrl,
      QUEUE_URL: databases.redisUrl ?? databases.databaseUrl,
    };
    // As its Dockerfile does, in what its image holds. No PATH, no node_modules above it that it could find by chance.
    const args = ["--max-semi-space-size=8", "dist/main.mjs"];
    children.set(service, spawn(process.execPath, args, { cwd: `${folder}dist/image`, env, stdio: ["ignore", "ignore", "inherit"] }));
  }
});
after(async () => {
  for (const child of children.values()) child.kill("SIGKILL");
  await databases.close();
});

const get = (service: Service, path: string): Promise<Response> => fetch(`${urls.get(service)}${path}`);

for (const service of SERVICES) {
  test(`the bundled ${service} becomes healthy and tells its metrics`, async () => {
    await untilDone("it answers", () => get(service, "/healthz"));
    await until("it is healthy", async () => (await get(service, "/healthz")).ok);
    const metrics = await get(service, "/metrics");
    assert.equal(metrics.status, 200);
    assert.match(await metrics.text(), /^process_cpu_user_seconds_total /m);
  });
}

test("a vote goes through all bundled services", async () => {
  const vote = await fetch(`${urls.get("vote")}/api/votes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"vote":"b"}',
  });
  assert.equal(vote.status, 202);
  await until("the result has it", async () => {
    const results = (await (await get("result", "/api/results")).json()) as { total: number };
    return results.total === 1;
  });
});

test("the bundled services find the files beside their pages", async () => {
  for (const [service, path, type] of [
    ["vote", "/style.css", "text/css"],
    ["result", "/style.css", "text/css"],
    ["result", "/live.js", "text/javascript"],
  ] as const) {
    const file = await get(service, path);
    assert.equal(file.status, 200, `${service}${path}`);
    assert.match(file.headers.get("content-type") ?? "", new RegExp(`^${type}`));
    assert.ok((await file.text()).length > 500);
  }
});

test("every bundled service ends on SIGTERM with exit code 0", async () => {
  for (const [service, child] of children) {
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit", { signal: AbortSignal.timeout(60_000) }), [0, null], service);
  }
});

test("a file that an image copies is there at any time, also while others build the same service", async () => {
  const cwd = fileURLToPath(new URL("../../result/", import.meta.url));
  const file = `${cwd}dist/image/dist/main.mjs`;
  let building = true;
  const builds = Promise.all([1, 2].map(() => runProgram(process.execPath, ["../bundle.mjs"], { cwd }))).finally(() => {
    building = false;
  });
  let looks = 0;
  for (; building; looks++) {
    assert.ok(existsSync(file), `it was gone at look ${looks}`);
    await setImmediate();
  }
  await builds;
  assert.ok(looks > 10, String(looks));
});
