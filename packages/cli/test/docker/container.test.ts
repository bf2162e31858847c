import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose } from "../../src/compose/up.js";
import { type Container, describeState, isReady, parseContainers } from "../../src/docker/container.js";

/** What `docker inspect` of engine 20.10 printed, with what nobody reads cut away. */
const INSPECTED = JSON.stringify([
  {
    Id: "cc04d6ab67de",
    Image: "sha256:ee58",
    Name: "/c_front_1",
    RestartCount: 4,
    State: {
      Status: "restarting",
      Running: true,
      Restarting: true,
      OOMKilled: false,
      ExitCode: 3,
      Error: "",
      StartedAt: "2026-11-22T09:12:29.623444637Z",
      FinishedAt: "2026-11-22T09:12:29.957886833Z",
    },
    Config: { Image: "c/front:v2", Labels: { "com.docker.compose.project": "c", "com.docker.compose.service": "front" } },
    NetworkSettings: {
      Ports: {
        "80/tcp": [
          { HostIp: "0.0.0.0", HostPort: "8080" },
          { HostIp: "::", HostPort: "8080" },
        ],
        "81/tcp": null,
      },
    },
  },
  {
    Id: "3d97661fdf16",
    Image: "sha256:ee59",
    Name: "/c_back_1",
    RestartCount: 0,
    State: {
      Status: "running",
      OOMKilled: false,
      ExitCode: 0,
      Error: "",
      StartedAt: "2026-11-22T09:12:08.696119243Z",
      Health: {
        Status: "unhealthy",
        FailingStreak: 2,
        Log: [
          { Start: "2026-11-22T09:12:09Z", End: "2026-11-22T09:12:10Z", ExitCode: 1, Output: "" },
          { Start: "2026-11-22T09:12:11Z", End: "2026-11-22T09:12:12Z", ExitCode: 1, Output: "503 no queue\n" },
        ],
      },
    },
    Config: { Image: "c/back", Labels: { "com.docker.stack.namespace": "c", "com.docker.swarm.service.name": "c_back" } },
    NetworkSettings: { Ports: { "8000/tcp": null } },
  },
  {
    Id: "7dea40199768",
    Image: "sha256:ee60",
    Name: "/c_new_1",
    RestartCount: 0,
    State: { Status: "created", OOMKilled: false, ExitCode: 0, Error: "", StartedAt: "0001-01-01T00:00:00Z" },
    Config: { Image: "c/new", Labels: null },
    NetworkSettings: { Ports: {} },
  },
]);

const [, back, front] = parseContainers(INSPECTED) as readonly [Container, Container, Container];

test("containers are read from what docker inspect prints, in the order of their services", () => {
  assert.deepEqual(
    parseContainers(INSPECTED).map(({ service, name }) => [service, name]),
    [
      ["", "c_new_1"],
      ["back", "c_back_1"],
      ["front", "c_front_1"],
    ],
  );
  assert.deepEqual(front, {
    id: "cc04d6ab67de",
    name: "c_front_1",
    service: "front",
    imageName: "c/front:v2",
    imageId: "sha256:ee58",
    status: "restarting",
    health: null,
    healthLog: [],
    exitCode: 3,
    outOfMemory: false,
    restarts: 4,
    error: "",
    startedAt: "2026-11-22T09:12:29.623444637Z",
    ports: [{ port: 80, address: "127.0.0.1:8080" }],
  });
  assert.deepEqual([back.health, back.healthLog, back.ports], ["unhealthy", ["503 no queue"], []]);
  assert.equal(parseContainers(INSPECTED)[0]?.startedAt, null);
});

test("ready is what runs and is not known to be unhealthy or still unknown", () => {
  const states: readonly [Partial<Container>, boolean, string][] = [
    [{ status: "running", health: null }, true, "runs"],
    [{ status: "running", health: "healthy" }, true, "healthy"],
    [{ status: "running", health: "starting" }, false, "runs, health not known yet"],
    [{ status: "running", health: "unhealthy" }, false, "unhealthy"],
    [{ status: "restarting", exitCode: 3 }, false, "restarts (exit code 3)"],
    [{ status: "exited", exitCode: 0 }, false, "exited (exit code 0)"],
    [{ status: "created" }, false, "created"],
  ];
  for (const [change, ready, text] of states) {
    const container = { ...front, ...change };
    assert.deepEqual([isReady(container), describeState(container)], [ready, text]);
  }
});

const suspect = (change: Partial<Container>, waitedSeconds: number | null = null, lastExitCode: number | null = null) =>
  diagnose({
    container: { ...front, ...change },
    lastExitCode: change.status === "running" ? lastExitCode : (change.exitCode ?? front.exitCode),
    log: "starting\nno DB_URL\n",
    memoryMb: 64,
    waitedSeconds,
    logCommand: "groundplan compose logs --service front",
  });

test("a container that ends again and again is told with its exit code and last lines", () => {
  assert.deepEqual(suspect({}), {
    message: "front ends again and again with exit code 3 (restarts: 4)",
    detail: ["starting", "no DB_URL"],
    fix: "fix what its log says; the whole log: groundplan compose logs --service front",
  });
  assert.equal(suspect({ status: "exited" })?.message, "front has ended with exit code 3");
  assert.equal(suspect({ health: "unhealthy" })?.message, "front ends again and again with exit code 3 (restarts: 4)");
  assert.equal(suspect({ status: "running", health: "unhealthy" })?.message, "front ends again and again (restarts: 4)");
  // It runs for a moment: its state does not tell the code of the end before, and the engine's memory may.
  const running = { status: "running", exitCode: 0, health: "starting" } as const;
  assert.equal(suspect(running)?.message, "front ends again and again (restarts: 4)");
  assert.equal(suspect(running, null, 3)?.message, "front ends again and again with exit code 3 (restarts: 4)");
});

test("a container that was killed for its memory is told so", () => {
  const problem = suspect({ outOfMemory: true, exitCode: 137 });
  assert.equal(problem?.message, "front was killed: it needs more memory than the 64 MiB that it may have");
  // Not every engine tells.
  assert.equal(
    suspect({ exitCode: 137 })?.message,
    "front was killed 5 times (exit code 137), most likely since it needs more memory than the 64 MiB that it may have",
  );
  assert.equal(
    suspect({ status: "running", exitCode: 0, health: "starting", restarts: 2 }, null, 137)?.message,
    "front was killed 2 times (exit code 137), most likely since it needs more memory than the 64 MiB that it may have",
  );
  // Killed once by somebody, and unhealthy for a reason of its own.
  assert.equal(suspect({ status: "running", exitCode: 0, health: "unhealthy", restarts: 1 }, null, 137)?.message, "front is unhealthy");
  assert.match(problem.fix, /memoryMb/);
});

test("an unhealthy container is told with what its health checks and it printed last", () => {
  const problem = suspect({ status: "running", health: "unhealthy", healthLog: ["1", "2", "3", "503 no queue\nreally"], restarts: 1 });
  assert.equal(problem?.message, "front is unhealthy");
  assert.deepEqual(problem.detail, [
    "health check: 2",
    "health check: 3",
    "health check: 503 no queue",
    "health check: really",
    "starting",
    "no DB_URL",
  ]);
});

test("a container that the engine cannot start is told in the engine's words, or in better ones", () => {
  const taken =
    "driver failed programming external connectivity on endpoint c_front_1 (65): Error starting userland proxy: listen tcp4 127.0.0.1:8000: bind: address already in use";
  assert.match(suspect({ status: "created", error: taken })?.message ?? "", /^port 8000 on 127\.0\.0\.1 is taken: front/);
  assert.deepEqual(suspect({ status: "created", error: "no idea" })?.detail, ["no idea"]);
});

test("who only waits for others, or has not had the time, is no suspect", () => {
  const fresh = { restarts: 0, exitCode: 0 };
  assert.equal(suspect({ ...fresh, status: "running", health: "healthy" }, 120), null);
  assert.equal(suspect({ ...fresh, status: "created" }, 120), null);
  assert.equal(suspect({ ...fresh, status: "running", health: "starting" }), null);
  const late = suspect({ ...fresh, status: "running", health: "starting", healthLog: ["503 no queue"] }, 120);
  assert.equal(late?.message, "front did not become healthy within 120 s");
  assert.deepEqual(late.detail, ["health check: 503 no queue", "starting", "no DB_URL"]);
});
