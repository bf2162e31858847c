import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, untilDone } from "@groundplan/testing";

const agent = new Agent({ keepAlive: true });
after(() => agent.destroy());

async function read(port: number, path: string): Promise<string> {
  const [response] = (await once(get({ host: "127.0.0.1", port, path, agent }), "response")) as [IncomingMessage];
  return (await response.toArray()).join("");
}

for (const service of ["backend", "frontend"]) {
  test(`SIGTERM ends the ${service} at once with exit code 0, though a browser keeps its connection`, async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${service}/main.mjs`, import.meta.url))], {
      env: { PORT: String(port), HOST: "127.0.0.1", BACKEND_URL: "http://127.0.0.1:1" },
      stdio: "inherit",
    });
    after(() => child.kill("SIGKILL"));
    await untilDone("it answers", () => read(port, "/healthz"));
    assert.equal(Object.values(agent.freeSockets).flat().length, 1, "no connection was kept");
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit", { signal: AbortSignal.timeout(4_000) }), [0, null]);
  });
}
