import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ComposeRun, type MissingEngine, until } from "@groundplan/testing";

const SERVICES = ["backend", "frontend"];

let run: ComposeRun | MissingEngine;
before(async () => {
  run = await ComposeRun.open({
    stackFolder: fileURLToPath(new URL("../..", import.meta.url)),
    images: ["node"],
    publicServices: ["frontend"],
  });
  if (run instanceof ComposeRun) await run.up();
});
after(async () => {
  if (run instanceof ComposeRun) await run.close();
});

function inContainers(name: string, work: (run: ComposeRun) => Promise<void>): void {
  test(name, async (context) => {
    if (!(run instanceof ComposeRun)) return context.skip(run.missing);
    await work(run);
  });
}

inContainers("under Compose the frontend's page shows what the backend says", async (run) => {
  const page = await fetch(run.url("frontend"));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<h1>Hello, World!<\/h1>/);
});

inContainers(
  "a stopped backend gives the clear page and leaves the frontend healthy; a started one brings the greeting back",
  async (run) => {
    const { docker } = run.engine;
    await docker("stop", await run.container("backend"));
    // The name of a container that is gone is not found, or its address answers nobody.
    const page = await fetch(run.url("frontend"));
    assert.ok([502, 504].includes(page.status), String(page.status));
    assert.match(await page.text(), /<h1>No greeting right now<\/h1>/);
    assert.equal(await run.inspect("frontend", "{{.State.Health.Status}}"), "healthy");
    await docker("start", await run.container("backend"));
    await until("the greeting is back", async () => (await fetch(run.url("frontend"))).status === 200);
  },
);

inContainers("only the frontend's port is published, on this machine only", async (run) => {
  assert.equal(await run.inspect("backend", "{{json .HostConfig.PortBindings}}"), "{}");
  const bindings = JSON.parse(await run.inspect("frontend", "{{json .HostConfig.PortBindings}}")) as Record<string, { HostIp: string }[]>;
  assert.deepEqual(Object.keys(bindings), ["3000/tcp"]);
  assert.deepEqual(
    bindings["3000/tcp"]?.map((binding) => binding.HostIp),
    ["127.0.0.1"],
  );
});

inContainers("its images add less than 5 MB to their base", async (run) => {
  for (const service of SERVICES) {
    const added = await run.addedBytes(service);
    assert.ok(added > 0 && added < 5_000_000, `${service}: ${added}`);
  }
});

inContainers("each service ends on SIGTERM within seconds with exit code 0", async (run) => {
  for (const service of SERVICES) {
    const startedMs = performance.now();
    await run.engine.docker("stop", "--time", "20", await run.container(service));
    assert.equal(await run.inspect(service, "{{.State.ExitCode}}"), "0", service);
    assert.ok(performance.now() - startedMs < 10_000, service);
  }
});
