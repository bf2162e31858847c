import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { folderWith, run } from "../helpers.js";

const STACKS = fileURLToPath(new URL("../../../../stacks", import.meta.url));

const asked: string[] = [];
let status = 200;
const service = createServer((request, response) => {
  asked.push(request.url as string);
  response.writeHead(status).end("a reason\n");
});
before(() => once(service.listen(0, "127.0.0.1"), "listening"));
after(() => service.close());

/** Runs the HEALTHCHECK of a Dockerfile beside the service, as an engine does inside its container. */
async function healthcheck(dockerfile: string, env: Readonly<Record<string, string>> = {}): Promise<{ path: string; code: number }> {
  const [program, ...args] = JSON.parse(/^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
  assert.equal(program, "node");
  const { port } = service.address() as AddressInfo;
  const code = await new Promise<number>((resolve) => {
    execFile(process.execPath, args, { env: { PORT: String(port), ...env } }, (error) =>
      resolve(error === null ? 0 : (error.code as number)),
    );
  });
  return { path: asked.pop() as string, code };
}

async function dockerfileOfInit(): Promise<string> {
  const folder = folderWith({});
  assert.equal((await run(folder, "init", "shop")).code, 0);
  return readFileSync(`${folder}/shop/web/Dockerfile`, "utf8");
}

const dockerfiles = [
  ...["hello/backend", "hello/frontend", "voting/vote", "voting/worker", "voting/result"].map(
    (folder) => [folder, readFileSync(`${STACKS}/${folder}/Dockerfile`, "utf8")] as const,
  ),
  ["what init writes", await dockerfileOfInit()] as const,
];

test("these are all Dockerfiles of the stacks", () => {
  const found = readdirSync(STACKS, { recursive: true, encoding: "utf8" }).filter((path) => /^[^/]+\/[^/]+\/Dockerfile$/.test(path));
  assert.equal(found.length, dockerfiles.length - 1);
});

for (const [whose, dockerfile] of dockerfiles) {
  test(`the HEALTHCHECK of ${whose} asks whether it is ready, and where something kills by it, whether it is alive`, async () => {
    status = 200;
    assert.deepEqual(await healthcheck(dockerfile), { path: "/readyz", code: 0 });
    assert.deepEqual(await healthcheck(dockerfile, { HEALTH_PATH: "/livez" }), { path: "/livez", code: 0 });
    status = 503;
    assert.deepEqual(await healthcheck(dockerfile), { path: "/readyz", code: 1 });
  });
}
