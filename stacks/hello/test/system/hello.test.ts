import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type RunningStack, runStack } from "@groundplan/local";
import { freePort, until } from "@groundplan/testing";
import { planOf } from "groundplan/plan";
import hello from "../../stack.js";

const stateFolder = mkdtempSync(join(tmpdir(), "groundplan-hello-"));
let running: RunningStack;
let url: string;

before(async () => {
  const frontend = await freePort();
  running = await runStack({
    plan: planOf(hello),
    stackFolder: fileURLToPath(new URL("../..", import.meta.url)),
    stateFolder,
    ports: { frontend },
    watch: false,
    onNote: () => undefined,
  });
  url = `http://127.0.0.1:${frontend}`;
});
after(async () => {
  await running.shutDown();
  rmSync(stateFolder, { recursive: true });
});

const part = (name: string) => running.states().find((state) => state.name === name);

test("the frontend's page shows what the backend says", async () => {
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<h1>Hello, World!<\/h1>/);
});

test("both say that they are ready and alive", async () => {
  for (const base of [url, `http://127.0.0.1:${part("backend")?.port}`])
    for (const path of ["/healthz", "/readyz", "/livez"]) assert.equal((await fetch(base + path)).status, 200, path);
});

test("the backend says it as plain text, and counts", async () => {
  const backend = `http://127.0.0.1:${part("backend")?.port}`;
  const counted = async (): Promise<number> =>
    Number(/^greetings_total (\d+)$/m.exec(await (await fetch(`${backend}/metrics`)).text())?.[1]);
  const before = await counted();
  const answer = await fetch(backend);
  assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(await answer.text(), "Hello, World!");
  assert.equal(await counted(), before + 1);
  assert.equal((await fetch(`${backend}/elsewhere`)).status, 404);
});

test("a backend that is too slow gives the clear page with 504 soon, and leaves the frontend healthy", async () => {
  const pid = part("backend")?.pid as number;
  process.kill(pid, "SIGSTOP");
  try {
    const startedMs = performance.now();
    const page = await fetch(url);
    assert.equal(page.status, 504);
    assert.match(
      await page.text(),
      /<h1>No greeting right now<\/h1>\n<p role="alert">The backend has not answered within 2 seconds\.<\/p>/,
    );
    // The backend stands still until this test goes on; a busy machine adds to the two seconds.
    assert.ok(performance.now() - startedMs < 30_000);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await until("the greeting is back", async () => (await fetch(url)).status === 200);
});

test("a backend that is down gives the clear page with 502, until it is back", async () => {
  await running.stop("backend");
  const page = await fetch(url);
  assert.equal(page.status, 502);
  assert.match(await page.text(), /<p role="alert">The backend cannot be reached\.<\/p>/);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  await running.restart("backend");
  assert.equal((await fetch(url)).status, 200);
});
