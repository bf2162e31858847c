import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DockerEngine, freePort, missingProgram, openEmptyEngine, programPath, until } from "@groundplan/testing";
import { run } from "../helpers.js";
import { BASE, dockerForTests, pathWith, tinyStack } from "./docker-stack.js";

const found = await dockerForTests();
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** A test that needs the engine. */
function withEngine(name: string, work: (context: TestContext, engine: DockerEngine) => Promise<void>): void {
  test(name, async (context) => {
    if ("missing" in found) return context.skip(found.missing);
    await work(context, found);
  });
}

withEngine("build makes all images, says how large they are, and makes ready what they copy", async (context, engine) => {
  const { name, folder } = tinyStack(context, engine);
  const { code, out, err } = await run(folder, "build", "--tag", "v2");
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`^IMAGE +SIZE +OVER ITS BASE +SECONDS\n${name}/back:v2 +\\S+ MB +\\S+ kB +\\S+\n${name}/front:v2 +`));
  assert.match(err, new RegExp(`\\$ docker build --tag ${name}/back:v2 back\n`));
  assert.match(err, /\$ \(cd front && node prepare\.mjs\)\n/);
  assert.match(await engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"), new RegExp(`${name}/front:v2`));

  const again = await run(folder, "build", "--tag", "v2", "--service", "front", "--no-prepare", "--json");
  const report = JSON.parse(again.out);
  assert.deepEqual([report.stack, report.tag, report.problems, report.images.length], [name, "v2", [], 1]);
  assert.ok(report.images[0].overBaseBytes > 0 && report.images[0].overBaseBytes < 100_000, again.out);
  assert.doesNotMatch(again.err, /prepare/);
});

withEngine("a build that fails says at which step and why, and the other image is built", async (context, engine) => {
  // A failing RUN would leave its container behind: the legacy builder keeps it.
  const { name, folder } = tinyStack(context, engine, { files: { "back/Dockerfile": `FROM ${BASE}\nCOPY nowhere.mjs /\n` } });
  const { code, out, err } = await run(folder, "build");
  assert.equal(code, 1);
  assert.match(err, /back: its image can't be built, at step 2\/2: COPY nowhere\.mjs \/ \(exit code \d+\)\n/);
  assert.match(err, /\n {4}.*nowhere\.mjs/);
  assert.doesNotMatch(err, /^\s+at /m);
  assert.match(out, new RegExp(`${name}/front:latest`));
});

withEngine("an image that others wait for needs a HEALTHCHECK, and compose up does not start without", async (context, engine) => {
  const { folder } = tinyStack(context, engine, { files: { "back/Dockerfile": `FROM ${BASE}\nCOPY server.mjs /\n` } });
  const { code, err } = await run(folder, "compose", "up", "--port", `front=${await freePort()}`);
  assert.equal(code, 1);
  assert.match(
    err,
    /back: others wait until it is healthy, and its image \S+ has no HEALTHCHECK\n {2}fix: write one into .*back\/Dockerfile/,
  );
  assert.equal((await run(folder, "compose", "ps")).code, 1);
});

withEngine(
  "compose up builds, starts, waits and probes; ps, logs and down tell of it; data is kept until it is not wanted",
  async (context, engine) => {
    const { name, folder } = tinyStack(context, engine);
    const override = join(folder, "out/compose/compose.override.yaml");
    writeFileSync(
      override,
      `${readFileSync(override, "utf8").replace("back: {", "back: { volumes: ['data:/data'],")}volumes: { data: {} }\n`,
    );
    const port = await freePort();

    const up = await run(folder, "compose", "up", "--port", `front=${port}`, "--json");
    assert.equal(up.code, 0, up.err);
    const started = JSON.parse(up.out);
    assert.deepEqual(
      started.services.map(({ service, ready, address }: Record<string, unknown>) => [service, ready, address]),
      [
        ["back", true, null],
        ["front", true, `127.0.0.1:${port}`],
      ],
    );
    assert.deepEqual(
      started.probes[0].answers.map(({ status }: { status: number }) => status),
      [200, 200],
    );
    assert.match(up.err, new RegExp(`\\$ FRONT_PORT=${port} docker(-compose| compose) up --detach --no-build\n`));
    assert.match(up.err, /\nfront +\| waits for back\n[\s\S]*\nback +\| healthy \(.*\n[\s\S]*\nfront +\| healthy \(/);
    assert.match(up.err, /wrote out\/compose\/\.env \(1 secret, kept out of git\)/);
    assert.equal(statSync(join(folder, "out/compose/.env")).mode & 0o777, 0o600);
    const key = /^KEY=(\S+)$/m.exec(readFileSync(join(folder, "out/compose/.env"), "utf8"))?.[1] ?? "";
    assert.ok(key.length > 20 && !`${up.err}${up.out}`.includes(key));

    const again = await run(folder, "compose", "up", "--no-build", "--port", `front=${port}`);
    assert.equal(again.code, 0, again.err);
    assert.match(
      again.out,
      new RegExp(
        `stack ${name} runs in Docker, started in .* s\n\n {2}front {3}http://127\\.0\\.0\\.1:${port}\n\nstop it: groundplan compose down\n`,
      ),
    );
    assert.doesNotMatch(again.err, /docker build/);

    const ps = await run(folder, "compose", "ps");
    assert.equal(ps.code, 0, ps.err);
    assert.match(
      ps.out,
      new RegExp(
        `^SERVICE +STATE +HEALTH +SINCE +ADDRESS\nback +running +healthy +\\d+ s +-\nfront +running +healthy +\\d+ s +http://127\\.0\\.0\\.1:${port}$`,
      ),
    );
    const logs = await run(folder, "compose", "logs", "--service", "back");
    assert.deepEqual([logs.code, /back.*\| *listening/.test(logs.out), /front/.test(logs.out)], [0, true, false], logs.out);

    await engine.docker("kill", started.services[0].container);
    const hurt = await run(folder, "compose", "ps", "--json");
    assert.deepEqual([hurt.code, JSON.parse(hurt.out)[0].ready], [1, false]);
    assert.match(hurt.err, /not healthy: back; see groundplan compose logs --service back/);

    const down = await run(folder, "compose", "down");
    assert.deepEqual(
      [down.code, down.out],
      [0, `${name} is down\nits data is kept in ${name}_data (to remove it: groundplan compose down --volumes)`],
    );
    assert.equal((await run(folder, "compose", "ps")).code, 1);
    const gone = await run(folder, "compose", "down", "--volumes", "--json");
    assert.deepEqual(JSON.parse(gone.out).volumes, { kept: [], removed: [`${name}_data`] });
    assert.equal((await engine.docker("volume", "ls", "--quiet", "--filter", `name=${name}_data`)).trim(), "");
  },
);

withEngine("where docker has no plugin for Compose, docker-compose 1.29 does the same: up, ps, logs and down", async (context, engine) => {
  const missing = missingProgram("docker-compose");
  if (missing !== null) return context.skip(missing);
  const { name, folder } = tinyStack(context, engine);
  const before = process.env.PATH;
  const noPlugin = `#!/bin/sh\n[ "$1" != compose ] || { echo "docker: 'compose' is not a docker command." >&2; exit 1; }\n`;
  process.env.PATH = `${pathWith(folder, { docker: `${noPlugin}exec ${programPath("docker")} "$@"\n` })}:${before}`;
  context.after(() => {
    process.env.PATH = before;
  });

  const port = await freePort();
  const up = await run(folder, "compose", "up", "--port", `front=${port}`);
  assert.equal(up.code, 0, up.err);
  assert.match(up.err, new RegExp(`\\$ FRONT_PORT=${port} docker-compose up --detach --no-build\n`));
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "hello");
  const ps = await run(folder, "compose", "ps", "--json");
  assert.deepEqual(
    JSON.parse(ps.out).map(({ service, ready }: { service: string; ready: boolean }) => [service, ready]),
    [
      ["back", true],
      ["front", true],
    ],
  );
  const logs = await run(folder, "compose", "logs", "--service", "back");
  assert.match(logs.out, /back.*\| *listening/);
  const down = await run(folder, "compose", "down");
  assert.deepEqual([down.code, down.out], [0, `${name} is down`]);
});

withEngine("a port that is taken is told with the service and what to type", async (context, engine) => {
  const { folder } = tinyStack(context, engine);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  context.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const { code, err } = await run(folder, "compose", "up", "--port", `front=${port}`);
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(
      `\ngroundplan: port ${port} on 127\\.0\\.0\\.1 is taken: front cannot be published there\n[\\s\\S]*fix: publish it elsewhere \\(--port front=`,
    ),
  );
  assert.match(err, /still running: back; see groundplan compose ps, or stop it: groundplan compose down/);
});

withEngine("a container that stays unhealthy is told with its health check's words and its last lines", async (context, engine) => {
  const { folder } = tinyStack(context, engine, { back: "sick", retries: 2 });
  const { code, err } = await run(folder, "compose", "up", "--port", `front=${await freePort()}`);
  assert.equal(code, 1);
  assert.match(
    err,
    /\ngroundplan: back is unhealthy\n( {4}health check: .*\n)* {4}health check: 503 no queue\n {4}listening\n {2}fix: fix what its log says/,
  );
});

withEngine(
  "a container that ends at once is told with its exit code and last lines, long before the time is over",
  async (context, engine) => {
    const { folder } = tinyStack(context, engine, { back: "crash" });
    const startedAt = Date.now();
    const { code, err } = await run(folder, "compose", "up", "--port", `front=${await freePort()}`);
    assert.equal(code, 1);
    assert.match(err, /\ngroundplan: back ends again and again .*restarts: \d+\)\n( {4}there is no queue\n)+ {2}fix: /);
    assert.ok(Date.now() - startedAt < 60_000);
  },
);

withEngine("a container that takes too much memory is told so", async (context, engine) => {
  const { folder } = tinyStack(context, engine, { back: "greedy" });
  const { code, err } = await run(folder, "compose", "up", "--port", `front=${await freePort()}`);
  assert.equal(code, 1);
  assert.match(
    err,
    /\ngroundplan: back was killed(:| \d+ times \(exit code 137\), most likely since) it needs more memory than the 128 MiB that it may have\n/,
  );
});

withEngine("who is not healthy when the time is over is told with what was waited for", async (context, engine) => {
  const { folder } = tinyStack(context, engine, { back: "sick", retries: 1000 });
  const { code, err } = await run(folder, "compose", "up", "--timeout", "10", "--port", `front=${await freePort()}`);
  assert.equal(code, 1);
  assert.match(err, /\ngroundplan: back did not become healthy within 10 s\n( {4}health check: 503 no queue\n)?/);
});

withEngine("Ctrl-C in the middle ends what was started here, and says what runs and how to stop it", async (context, engine) => {
  const { name, folder } = tinyStack(context, engine, { back: "sick", retries: 1000 });
  const words = [
    "--conditions=source",
    "--import",
    import.meta.resolve("tsx"),
    MAIN,
    "compose",
    "up",
    "--port",
    `front=${await freePort()}`,
  ];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  context.after(() => child.kill("SIGKILL"));
  const closed = once(child, "close");
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  await until("back runs", () => text.includes("runs, health not known yet"), 60_000);
  child.kill("SIGINT");
  assert.deepEqual(await closed, [1, null], text);
  assert.match(
    text,
    /stopped halfway; still running: back \(not healthy\); see groundplan compose ps, or stop it: groundplan compose down\n$/,
  );
  assert.match(await engine.docker("ps", "--format", "{{.Names}}"), new RegExp(name));
});

withEngine("an image that cannot be pulled is named with the reason", async (context, engine) => {
  const { name, folder } = tinyStack(context, engine, {
    files: {
      "stack.ts": `import { stack } from "groundplan";
export default stack("pull-test", (s) => {
  const web = s.service("web", { image: "127.0.0.1:1/nowhere/web:1.2", port: 80, public: true });
  s.host("one", { subnet: "public", runs: [web] });
});
`,
    },
  });
  const { code, err } = await run(folder, "compose", "up", "--port", `web=${await freePort()}`);
  assert.equal(code, 1, name);
  assert.match(err, /\ngroundplan: web: the image 127\.0\.0\.1:1\/nowhere\/web:1\.2 cannot be pulled: its registry cannot be reached/);
});

withEngine("a stack runs without a program of monitoring whose image cannot be had, and says so", async (context, engine) => {
  const { folder } = tinyStack(context, engine, { monitoring: true });
  const others = ["prometheus", "alertmanager", "node-exporter"].flatMap((name) => ["--without", name]);
  const { code, out, err } = await run(folder, "compose", "up", "--json", ...others, "--port", `front=${await freePort()}`);
  assert.equal(code, 0, err);
  const report = JSON.parse(out);
  if (!report.leftOut.includes("grafana")) return context.skip("the image of Grafana can be had here");
  assert.deepEqual(report.leftOut, ["prometheus", "alertmanager", "grafana", "node-exporter"]);
  assert.match(err, /left out: grafana: the image grafana\/grafana:\S+ cannot be pulled: /);
  assert.deepEqual(
    report.services.map(({ service, health }: { service: string; health: string }) => [service, health]),
    [
      ["back", "healthy"],
      ["front", "healthy"],
    ],
  );
});

withEngine("without a build there must be images", async (context, engine) => {
  const { folder } = tinyStack(context, engine);
  const { code, err } = await run(folder, "compose", "up", "--no-build", "--port", `front=${await freePort()}`);
  assert.equal(code, 1);
  assert.match(err, /\ngroundplan: the image of back was not built\n/);
  assert.match(err, /the image of front was not built\n/);
  assert.doesNotMatch(err, /compose up|registry/);
});

test("an engine that is no swarm manager is told, with what to do", async (context) => {
  // The engine that test files share may be one, by what another of them does.
  const engine = await openEmptyEngine();
  if ("missing" in engine) return context.skip(engine.missing);
  const { folder } = tinyStack(context, engine);
  const before = process.env.DOCKER_HOST;
  Object.assign(process.env, engine.env);
  context.after(async () => {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
    await engine.close();
  });
  for (const action of ["deploy", "ps", "rm"]) {
    const { code, err } = await run(folder, "swarm", action);
    assert.equal(code, 1);
    assert.match(err, /groundplan: the Docker engine is no swarm manager\n {2}fix: make it one \(docker swarm init\)/, action);
  }
});

withEngine("without docker, its engine, compose or the files, one sentence says so", async (context, engine) => {
  const { folder } = tinyStack(context, engine);
  const before = { ...process.env };
  const restore = () => Object.assign(process.env, { DOCKER_HOST: undefined, ...before });
  const failure = async (change: Readonly<Record<string, string>>, ...words: string[]) => {
    Object.assign(process.env, change);
    const { code, out, err } = await run(folder, ...words);
    if (before.DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
    Object.assign(process.env, before);
    assert.deepEqual([code, out], [1, ""], err);
    assert.doesNotMatch(err, /^\s+at /m);
    return err;
  };
  context.after(restore);

  assert.match(
    await failure({}, "compose", "down"),
    /^groundplan: there is no compose\.yaml in out\/compose\n {2}fix: start the stack first \(groundplan compose up\)/,
  );
  for (const words of [["build"], ["compose", "up"]]) {
    assert.match(
      await failure({ DOCKER_HOST: "unix:///nowhere.sock" }, ...words),
      /the Docker engine does not run, or not at unix:\/\/\/nowhere\.sock\n/,
    );
    assert.match(await failure({ PATH: pathWith(folder, {}) }, ...words), /docker isn't installed on this machine\n/);
  }
  const onlyDocker = pathWith(folder, { docker: '#!/bin/sh\n[ "$1" = version ]\n' });
  rmSync(join(folder, "out"), { recursive: true });
  assert.match(
    await failure({ PATH: onlyDocker }, "compose", "up"),
    /neither docker compose nor docker-compose is installed on this machine\n/,
  );
  assert.equal((await run(folder, "compose", "logs", "--service", "frnt")).code, 2);
});
