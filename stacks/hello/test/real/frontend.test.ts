import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, untilDone } from "@groundplan/testing";

const FRONTEND = fileURLToPath(new URL("../../frontend/main.mjs", import.meta.url));

const closers: (() => unknown)[] = [];
after(() => Promise.all(closers.map((close) => close())));

async function startFrontend(env: Readonly<Record<string, string>>): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const port = String(await freePort());
  const child = spawn(process.execPath, [FRONTEND], {
    env: { PORT: port, HOST: "127.0.0.1", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  closers.push(() => child.kill("SIGKILL"));
  return { url: `http://127.0.0.1:${port}`, child };
}

/** The frontend before a backend that answers as the test wants. */
async function frontendBefore(listener: RequestListener): Promise<string> {
  const backend = createServer(listener).listen(0, "127.0.0.1");
  closers.push(
    () => backend.closeAllConnections(),
    () => backend.close(),
  );
  await once(backend, "listening");
  const { url } = await startFrontend({ BACKEND_URL: `http://127.0.0.1:${(backend.address() as AddressInfo).port}` });
  await untilDone("the frontend answers", () => fetch(`${url}/healthz`));
  return url;
}

test("whatever the backend says is shown as text", async () => {
  const url = await frontendBefore((_request, response) => response.end("<img src=x onerror=alert(1)>"));
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(await page.text(), /<h1>&#60;img src=x onerror=alert\(1\)&#62;<\/h1>/);
});

test("a backend that answers with an error gives the clear page and 502, and is counted", async () => {
  const url = await frontendBefore((_request, response) => response.writeHead(500).end("secret details"));
  const page = await fetch(url);
  const text = await page.text();
  assert.equal(page.status, 502);
  assert.match(text, /<p role="alert">The backend answered 500\.<\/p>/);
  assert.doesNotMatch(text, /secret details/);
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^pages_total\{status="502"\} 1$/m);
});

test("a backend that hangs in the middle of its answer gives the clear page and 504", async () => {
  const url = await frontendBefore((_request, response) => response.write("Hel"));
  const startedMs = performance.now();
  const page = await fetch(url);
  assert.equal(page.status, 504);
  assert.match(await page.text(), /has not answered within 2 seconds/);
  // That backend never answers; a busy machine adds to the two seconds.
  assert.ok(performance.now() - startedMs < 30_000);
});

test("without the address of its backend the frontend ends at once with a sentence", async () => {
  const { child } = await startFrontend({});
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 1);
  assert.equal(said, "BACKEND_URL is not set: where is the backend?\n");
});
