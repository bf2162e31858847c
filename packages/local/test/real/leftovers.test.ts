import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "@groundplan/testing";
import { until } from "../../src/pause.js";
import type { PartState } from "../../src/running-stack.js";
import { temporaryFolder } from "../temporary-folder.js";
import { full, LIMIT_MS, needsRedis, runs, runTrial } from "./demo.js";

const SCRIPT = fileURLToPath(new URL("../fixtures/run-demo.ts", import.meta.url));

/** A run of the demo stack in another process, brought up and then killed the hard way. */
async function killedRun(t: TestContext, stateFolder: string, port: number, options: { guardian: boolean }): Promise<readonly PartState[]> {
  const other = spawn(process.execPath, ["--conditions=source", "--import", "tsx", SCRIPT, stateFolder, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => other.kill("SIGKILL"));
  const [line] = (await once(createInterface(other.stdout), "line")) as [string];
  const states: PartState[] = JSON.parse(line);
  if (!options.guardian) process.kill(guardianOf(other.pid ?? 0), "SIGKILL");
  other.kill("SIGKILL");
  await once(other, "exit");
  return states;
}

function guardianOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const guardian = children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").startsWith("/bin/sh\0-c"));
  return guardian ?? assert.fail("there is no guardian");
}

const needs = process.platform === "linux" ? needsRedis : "needs Linux";

test("when groundplan is killed its parts are ended by themselves", { skip: needs }, async (t) => {
  const states = await killedRun(t, join(temporaryFolder(), "state"), await freePort(), { guardian: true });
  assert.equal(states.length, 3);
  assert.equal(await until(() => states.every(({ pid }) => !runs(pid)), LIMIT_MS), true);
});

test("what is left of a killed run is ended by the next one, which keeps the data folders to itself", { skip: needs }, async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const port = await freePort();
  const states = await killedRun(t, stateFolder, port, { guardian: false });
  assert.deepEqual(
    states.map(({ pid }) => runs(pid)),
    [true, true, true],
  );
  const { run, notes, ports } = await runTrial(t, full, { stateFolder, ports: { web: port } });
  assert.deepEqual(
    states.map(({ pid }) => runs(pid)),
    [false, false, false],
  );
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? "", /^an earlier run \(pid \d+\) was killed: ending what it left behind \(.*\)$/);
  assert.deepEqual(
    Object.values(ports),
    states.map((state) => state.port),
  );
  await run.shutDown();
});

test("servers of a run that left no record are known by their data folders and ended", { skip: needs }, async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const states = await killedRun(t, stateFolder, await freePort(), { guardian: false });
  const web = states.find(({ name }) => name === "web")?.pid ?? 0;
  t.after(() => process.kill(-web, "SIGKILL"));
  rmSync(join(stateFolder, "run.json"));
  const { notes } = await runTrial(t, full, { stateFolder });
  const servers = states.filter(({ kind }) => kind !== "service");
  assert.deepEqual(
    servers.map(({ pid }) => runs(pid)),
    [false, false],
  );
  for (const { name, pid, port } of servers) {
    const server = name === "db" ? "PostgreSQL" : "Redis";
    assert.ok(
      notes.includes(`a ${server} server of an earlier run (pid ${pid}) still runs on ${join(stateFolder, "data", name)}: ending it`),
      notes.join("\n"),
    );
    assert.ok(notes.some((note) => note.startsWith(`port ${port} is taken (by another program): ${name} listens on `)));
  }
});
