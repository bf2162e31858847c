import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProgramResult } from "@groundplan/programs";
import { type WaitOptions, waitUntilReady } from "../../src/compose/up.js";
import type { Container } from "../../src/docker/container.js";
import { fakeProgress } from "../docker/fake-runner.js";

const container = (service: string, change: Partial<Container> = {}): Container => ({
  id: `${service}-1`,
  name: `pair_${service}_1`,
  service,
  imageName: `pair/${service}:latest`,
  imageId: "sha256:1",
  status: "running",
  health: "healthy",
  healthLog: [],
  exitCode: 0,
  outOfMemory: false,
  restarts: 0,
  error: "",
  startedAt: null,
  ports: [],
  ...change,
});

const COMPONENTS = [
  { name: "back", after: [] },
  { name: "front", after: ["back"] },
];
const STARTED: ProgramResult = { code: 0, stdout: "", stderr: "", missing: false };

/** Waits while the containers go through these states, the last of which stays. */
function wait(states: readonly (readonly Container[])[], change: Partial<WaitOptions> = {}) {
  const progress = fakeProgress();
  let look = 0;
  const outcome = waitUntilReady({
    components: COMPONENTS,
    look: async () => states[Math.min(look++, states.length - 1)] ?? [],
    start: Promise.resolve(STARTED),
    timeoutMs: 60_000,
    progress,
    signal: new AbortController().signal,
    ...change,
  });
  return { outcome, progress, looks: () => look };
}

test("the wait ends when every part runs and is healthy, and tells each step on the way", async () => {
  const { outcome, progress } = wait([
    [],
    [container("back", { health: "starting" }), container("front", { status: "created" })],
    [container("back"), container("front", { health: "starting" })],
    [container("back"), container("front")],
  ]);
  assert.equal((await outcome).verdict, "ready");
  assert.deepEqual(progress.told, [
    "back: starts",
    "front: waits for back",
    "back: runs, health not known yet",
    "front: waits for back",
    "back: healthy",
    "front: runs, health not known yet",
    "back: healthy",
    "front: healthy",
  ]);
});

test("healthy containers of an earlier start are no end while the new start goes on", async () => {
  let end = (_: ProgramResult) => {};
  const start = new Promise<ProgramResult>((resolve) => {
    end = resolve;
  });
  const { outcome, looks } = wait([[container("back"), container("front")]], { start });
  while (looks() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  end(STARTED);
  assert.equal((await outcome).verdict, "ready");
  assert.ok(looks() >= 3);
});

test("a part that gives up ends the wait at once", async () => {
  for (const change of [
    { health: "unhealthy" },
    { status: "exited" },
    { status: "dead" },
    { status: "restarting", restarts: 3 },
  ] as const) {
    const { outcome } = wait([[container("back"), container("front", change)]]);
    assert.equal((await outcome).verdict, "failed", JSON.stringify(change));
  }
});

test("a part that ends again and again stops a start that would wait for it for ever", async () => {
  const states = [0, 1, 2, 3].map((restarts) => [container("back", { status: "restarting", restarts })]);
  const { outcome, looks } = wait(states, { start: new Promise(() => {}) });
  assert.equal((await outcome).verdict, "failed");
  assert.equal(looks(), 4);
});

test("a part that ended once and then came up is no failure", async () => {
  const { outcome } = wait([
    [container("back", { status: "restarting", restarts: 1 })],
    [container("back", { restarts: 2 }), container("front")],
  ]);
  assert.equal((await outcome).verdict, "ready");
});

test("a start that fails, and a time that is over, end the wait", async () => {
  const failed = wait([[container("back")]], { start: Promise.resolve({ ...STARTED, code: 1 }) });
  assert.equal((await failed.outcome).verdict, "failed");
  const late = wait([[container("back", { health: "starting" })]], { timeoutMs: 1 });
  assert.equal((await late.outcome).verdict, "late");
});

test("Ctrl-C ends the wait", async () => {
  const stop = new AbortController();
  const { outcome } = wait([[]], { start: new Promise(() => {}), signal: stop.signal });
  stop.abort();
  await assert.rejects(outcome, (error) => error === stop.signal.reason);
});
