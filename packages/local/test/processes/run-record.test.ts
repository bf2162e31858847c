import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { UserError } from "@groundplan/model";
import { processIdentity } from "../../src/processes/process-identity.js";
import { RunRecord } from "../../src/processes/run-record.js";
import { temporaryFolder } from "../temporary-folder.js";

const noNote = (text: string) => assert.fail(`unexpected note: ${text}`);

async function stranger(t: TestContext): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached: true });
  await once(child, "spawn");
  t.after(() => child.kill("SIGKILL"));
  return child.pid ?? Number.NaN;
}

function recordOf(pid: number, identity: string | null, parts: object): string {
  return JSON.stringify({ stack: "demo", owner: { pid, identity }, url: "http://127.0.0.1:8080", parts });
}

test("a second run of the same stack is refused with the first one's pid and address, until that has closed", async () => {
  const folder = temporaryFolder();
  const first = await RunRecord.open(folder, "demo", noNote);
  first.visibleAt("http://127.0.0.1:8080");
  await assert.rejects(RunRecord.open(folder, "demo", noNote), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.problems[0]?.message, `the stack "demo" is already running (pid ${process.pid}, http://127.0.0.1:8080)`);
    return true;
  });
  await first.close();
  assert.equal(existsSync(join(folder, "run.json")), false);
  const second = await RunRecord.open(folder, "demo", noNote);
  await second.close();
});

test("a copy of the folder of a stack that runs is another folder, and the original's processes are let alone", async (t) => {
  const folder = temporaryFolder();
  const pid = await stranger(t);
  const original = await RunRecord.open(folder, "demo", noNote);
  original.started("vote", pid, "SIGTERM");
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  const second = await RunRecord.open(copy, "demo", noNote);
  assert.notEqual(processIdentity(pid), null);
  await second.close();
  await original.close();
});

test("a folder that is moved while its stack runs is still taken", async () => {
  const above = temporaryFolder();
  const folder = join(above, "state");
  mkdirSync(folder);
  const first = await RunRecord.open(folder, "demo", noNote);
  renameSync(folder, join(above, "moved"));
  await assert.rejects(RunRecord.open(join(above, "moved"), "demo", noNote), UserError);
  renameSync(join(above, "moved"), folder);
  await first.close();
});

test("the record holds the processes that run now", async (t) => {
  const folder = temporaryFolder();
  const pid = await stranger(t);
  const record = await RunRecord.open(folder, "demo", noNote);
  const parts = () => JSON.parse(readFileSync(join(folder, "run.json"), "utf8")).parts;
  record.started("vote", pid, "SIGTERM");
  assert.deepEqual(parts(), { vote: { pid, identity: processIdentity(pid), stopSignal: "SIGTERM" } });
  record.ended("vote");
  assert.deepEqual(parts(), {});
  await record.close();
});

test("what a killed run left behind is ended with a note", async (t) => {
  const folder = temporaryFolder();
  const pid = await stranger(t);
  const notes: string[] = [];
  writeFileSync(
    join(folder, "run.json"),
    recordOf(process.pid, "an earlier one", { vote: { pid, identity: processIdentity(pid), stopSignal: "SIGTERM" } }),
  );
  const record = await RunRecord.open(folder, "demo", (text) => notes.push(text));
  assert.equal(processIdentity(pid), null);
  assert.deepEqual(notes, [`an earlier run (pid ${process.pid}) was killed: ending what it left behind (vote)`]);
  await record.close();
});

test("a process that only has the number of one left behind is let alone", async (t) => {
  const folder = temporaryFolder();
  const pid = await stranger(t);
  writeFileSync(
    join(folder, "run.json"),
    recordOf(process.pid, "an earlier one", { vote: { pid, identity: "an earlier one", stopSignal: "SIGKILL" } }),
  );
  const record = await RunRecord.open(folder, "demo", noNote);
  assert.notEqual(processIdentity(pid), null);
  await record.close();
});

test("a record that a crash of the machine has damaged is replaced", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "run.json"), '{"stack":');
  const record = await RunRecord.open(folder, "demo", noNote);
  assert.equal(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")).owner.pid, process.pid);
  await record.close();
});
