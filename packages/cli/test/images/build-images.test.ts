// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles and Compose files have variables of this form
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build, planOf, stack } from "@groundplan/model";
import { containerPlanOf } from "@groundplan/targets";
import { partsOf } from "../../src/docker/project.js";
import { type BuildOptions, buildImages, renderImages } from "../../src/images/build-images.js";
import { type Buildable, buildables, requireFolders } from "../../src/images/buildable.js";
import { pullImages } from "../../src/images/make-images.js";
import { fakeProgress, fakeRunner } from "../docker/fake-runner.js";
import { folderWith } from "../helpers.js";

const BASE_LAYERS = ["sha256:a", "sha256:b"];
const inspected = (size: number, layers: readonly string[], healthcheck: object | null = { Test: ["CMD", "true"] }) =>
  JSON.stringify([{ Id: `sha256:${size}`, Size: size, RootFS: { Layers: layers }, Config: { Healthcheck: healthcheck } }]);

const DOCKERFILE = "ARG BASE=node:20\nFROM ${BASE}\nCOPY a.txt /\n";

function service(folder: string, change: Partial<Buildable> = {}): Buildable {
  const name = change.service ?? "vote";
  return { service: name, image: `voting/${name}:latest`, folder: join(folder, name), prepare: null, needsHealthCheck: false, ...change };
}

const options = (folder: string): BuildOptions => ({ base: null, prepare: true, folder });

test("an image is built, and told with its size over the one it starts from", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE });
  const runner = fakeRunner({
    "docker build": { stdout: "Step 1/3 : ARG BASE=node:20\nStep 3/3 : COPY a.txt /" },
    "docker image inspect voting/vote:latest": { stdout: inspected(105_000_000, [...BASE_LAYERS, "sha256:c"]) },
    "docker image inspect node:20": { stdout: inspected(100_000_000, BASE_LAYERS) },
  });
  const progress = fakeProgress();
  const { images, problems } = await buildImages([service(folder)], options(folder), { runner, progress });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    { ...images[0], seconds: 0 },
    {
      service: "vote",
      image: "voting/vote:latest",
      id: "sha256:105000000",
      sizeBytes: 105_000_000,
      overBaseBytes: 5_000_000,
      seconds: 0,
    },
  );
  assert.equal(runner.ran[0], "docker build --tag voting/vote:latest vote");
  assert.deepEqual(progress.told, [
    "vote: sends its files",
    "vote: step 1/3: ARG BASE=node:20",
    "vote: step 3/3: COPY a.txt /",
    "vote: built voting/vote:latest",
  ]);
  assert.equal(
    renderImages([{ ...(images[0] as (typeof images)[0]), seconds: 1.26 }]),
    "IMAGE               SIZE    OVER ITS BASE  SECONDS\nvoting/vote:latest  105 MB  5.00 MB        1.3",
  );
});

test("the size over a base that is not here, or is another by now, is unknown", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE });
  const built = { "docker build": {}, "docker image inspect voting": { stdout: inspected(5, ["sha256:x"]) } };
  for (const base of [{ code: 1, stdout: "[]" }, { stdout: inspected(4, BASE_LAYERS) }]) {
    const runner = fakeRunner({ ...built, "docker image inspect node:20": base });
    const { images } = await buildImages([service(folder)], options(folder), { runner, progress: fakeProgress() });
    assert.equal(images[0]?.overBaseBytes, null);
  }
});

test("a build that fails is told with its step and last lines, and the others are built all the same", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE, "worker/Dockerfile": DOCKERFILE });
  const runner = fakeRunner({
    "docker build --tag voting/vote": {
      code: 1,
      stdout: "Step 2/3 : FROM ${BASE}\n ---> ee5883464d76\nStep 3/3 : COPY a.txt /",
      stderr: "COPY failed: file not found in build context or excluded by .dockerignore: stat a.txt: file does not exist",
    },
    "docker build --tag voting/worker": {},
    "docker image inspect voting/worker": { stdout: inspected(5, BASE_LAYERS) },
    "docker image inspect node:20": { stdout: inspected(5, BASE_LAYERS) },
  });
  const progress = fakeProgress();
  const services = [service(folder), service(folder, { service: "worker" })];
  const { images, problems } = await buildImages(services, options(folder), { runner, progress });
  assert.deepEqual(
    images.map((image) => image.service),
    ["worker"],
  );
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.message, "vote: its image can't be built, at step 3/3: COPY a.txt / (exit code 1)");
  assert.match(problems[0].detail?.join("\n") ?? "", /COPY failed: .* stat a\.txt: file does not exist/);
  assert.ok(progress.told.includes("vote: failed") && progress.told.includes("worker: built voting/worker:latest"));
});

test("a base that cannot be pulled is named, its variables filled in", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE });
  const stderr = 'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 192.0.2.53:53: no such host';
  const runner = fakeRunner({ "docker build": { code: 1, stdout: "Step 1/3 : ARG BASE=node:20\nStep 2/3 : FROM ${BASE}", stderr } });
  const { problems } = await buildImages([service(folder)], options(folder), { runner, progress: fakeProgress() });
  assert.match(problems[0]?.message ?? "", /^vote: the image node:20 cannot be pulled: its registry cannot be reached/);
  assert.match(problems[0]?.fix ?? "", /--base IMAGE/);
});

test("what makes a folder ready runs before its image is built, once for a folder, and may be left out", async () => {
  const folder = folderWith({ "both/Dockerfile": DOCKERFILE });
  const answers = {
    "node bundle.mjs": {},
    "docker build": {},
    "docker image inspect": { stdout: inspected(5, BASE_LAYERS) },
  };
  const services = ["vote", "admin"].map((name) =>
    service(folder, { service: name, folder: join(folder, "both"), prepare: ["node", "bundle.mjs"] }),
  );
  const runner = fakeRunner(answers);
  await buildImages(services, options(folder), { runner, progress: fakeProgress() });
  assert.equal(runner.ran.filter((text) => text === "node bundle.mjs").length, 1);
  assert.equal(runner.ran.indexOf("node bundle.mjs"), 0);

  const without = fakeRunner(answers);
  await buildImages(services, { ...options(folder), prepare: false }, { runner: without, progress: fakeProgress() });
  assert.ok(!without.ran.includes("node bundle.mjs"));
});

test("a prepare that fails or does not exist is told, and its image is not built", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE });
  const services = [service(folder, { prepare: ["node", "bundle.mjs"] })];
  const failing = fakeRunner({ node: { code: 2, stderr: "Could not resolve ./main.ts" } });
  const { problems } = await buildImages(services, options(folder), { runner: failing, progress: fakeProgress() });
  assert.equal(problems[0]?.message, "vote: what runs before its image is built failed (node bundle.mjs, exit code 2)");
  assert.deepEqual(problems[0].detail, ["Could not resolve ./main.ts"]);
  assert.deepEqual(failing.ran, ["node bundle.mjs"]);

  const missing = fakeRunner({ node: { code: null, missing: true } });
  const outcome = await buildImages(services, options(folder), { runner: missing, progress: fakeProgress() });
  assert.equal(outcome.problems[0]?.message, "vote: what runs before its image is built can't run: node isn't installed");
});

test("an image that others wait for must have a health check", async () => {
  const folder = folderWith({ "vote/Dockerfile": DOCKERFILE });
  for (const [healthcheck, count] of [
    [null, 1],
    [{ Test: ["NONE"] }, 1],
    [{ Test: ["CMD", "true"] }, 0],
  ] as const) {
    const runner = fakeRunner({ "docker build": {}, "docker image inspect": { stdout: inspected(5, BASE_LAYERS, healthcheck) } });
    const services = [service(folder, { needsHealthCheck: true })];
    const { images, problems } = await buildImages(services, options(folder), { runner, progress: fakeProgress() });
    assert.equal(images.length, 1);
    assert.equal(problems.length, count);
    if (count === 1)
      assert.equal(problems[0]?.message, "vote: others wait until it is healthy, and its image voting/vote:latest has no HEALTHCHECK");
  }
});

const plan = planOf(
  stack("shop", (s) => {
    const db = s.postgres("db");
    const api = s.service("api", { image: build("./api"), port: 8000, uses: { db } });
    const asked = s.service("asked", { image: build("./asked"), port: 8001, health: { command: "true" } });
    const web = s.service("web", { image: build("./web", { before: "node bundle.mjs" }), port: 80, public: true, uses: { api, asked } });
    const ready = s.service("ready", { image: "nginx:1.27", port: 81, public: true });
    s.host("one", { subnet: "public", runs: [db, api, asked, web, ready] });
  }),
);

test("the services that are built follow from the plan, with what others need of them", () => {
  assert.deepEqual(
    buildables(plan, "/shop", "v2").map(({ service: name, image, folder, prepare, needsHealthCheck }) => [
      name,
      image,
      folder,
      prepare,
      needsHealthCheck,
    ]),
    [
      ["api", "shop/api:v2", "/shop/api", null, true],
      ["asked", "shop/asked:v2", "/shop/asked", null, false],
      ["web", "shop/web:v2", "/shop/web", ["node", "bundle.mjs"], false],
    ],
  );
});

test("every folder and Dockerfile that is missing is named at once", () => {
  const folder = folderWith({ "api/main.js": "", "web/Dockerfile": "" });
  assert.ok(!existsSync(join(folder, "asked")));
  assert.throws(() => requireFolders(buildables(plan, folder, "latest"), folder), {
    name: "UserError",
    message: [
      "api: there is no Dockerfile in api",
      '  fix: write api/Dockerfile, or give api a ready image in stack.ts (image: "nginx:1.27")',
      "asked: there is no folder asked beside stack.ts",
      "  fix: create it, or correct image: build(...) of asked in stack.ts",
    ].join("\n"),
  });
});

test("ready images are pulled when they are missing, each once, and every failure is told", async () => {
  const runner = fakeRunner({
    "docker image inspect nginx:1.27": { code: 1, stdout: "[]" },
    "docker image inspect postgres": {},
    "docker pull nginx:1.27": { code: 1, stderr: "Error response from daemon: manifest unknown" },
  });
  const missing = await pullImages(partsOf(containerPlanOf(plan)), { runner, progress: fakeProgress() });
  assert.deepEqual(
    missing.map(({ names }) => names),
    [["ready"]],
  );
  assert.match(missing[0]?.problem.message ?? "", /^ready: the image nginx:1\.27 cannot be pulled: /);
  assert.equal(runner.ran.length, 3);
});
