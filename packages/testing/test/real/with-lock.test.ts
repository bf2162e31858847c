import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Users, withLock } from "../../src/docker/docker-engine.js";

const folder = mkdtempSync(join(tmpdir(), "groundplan-lock-"));
after(() => rmSync(folder, { recursive: true }));

/** Of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

test("a lock is held while the work is done, and free afterwards, also when the work fails", async () => {
  const path = join(folder, "lock");
  await withLock(path, async () => assert.deepEqual(readdirSync(folder), ["lock"]));
  await assert.rejects(
    withLock(path, () => Promise.reject(new Error("the work failed"))),
    { message: "the work failed" },
  );
  assert.deepEqual(readdirSync(folder), []);
});

test("the lock of a process that died is taken over", async () => {
  const path = join(folder, "left");
  writeFileSync(path, String(deadPid()));
  assert.equal(await withLock(path, async () => "done"), "done");
});

test("who died without leaving is no user any more", () => {
  const users = new Users(join(folder, "users"));
  users.enter();
  assert.ok(users.any());
  users.leave();
  writeFileSync(join(folder, "users", String(deadPid())), "");
  assert.equal(users.any(), false);
});
