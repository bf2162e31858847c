import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { until } from "../../src/pause.js";
import { processIdentity, runsIn } from "../../src/processes/process-identity.js";

test("a running process has an identity that stays, another one a different one", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", cwd: "/" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const identity = processIdentity(pid);
  assert.notEqual(identity, null);
  assert.equal(processIdentity(pid), identity);
  assert.notEqual(processIdentity(process.pid), identity);
  assert.equal(runsIn(pid, "node", "/"), true);
  assert.equal(runsIn(pid, "postgres", "/elsewhere"), false);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(processIdentity(pid), null);
  assert.equal(runsIn(pid, "node", "/"), false);
});

test("a process that has ended and was not counted by its parent yet does not run", {
  skip: process.platform !== "linux" && "needs Linux",
}, async (t) => {
  const parent = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => parent.kill("SIGKILL"));
  const [bytes] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(bytes.toString());
  assert.equal(await until(() => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "), 60_000), true);
  assert.equal(processIdentity(pid), null);
});
