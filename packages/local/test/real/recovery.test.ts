import assert from "node:assert/strict";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "@groundplan/model";
import { until } from "../../src/pause.js";
import { temporaryFolder } from "../temporary-folder.js";
import {
  askWeb,
  FIXTURES,
  full,
  LIMIT_MS,
  needsRedis,
  planWith,
  query,
  redisCommand,
  runs,
  runTrial,
  stateBecomes,
  stateOf,
} from "./demo.js";

const web = planWith((s) => {
  const one = s.service("web", { image: build("./web"), local: "node main.js", port: 80, public: true, watch: { also: ["./shared"] } });
  s.host("here", { subnet: "public", runs: [one] });
});
const quick = { pollMs: 25, watchQuietMs: 50 };

test("every part that is killed comes back healthy, with what it had answered for", { skip: needsRedis }, async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const { run, ports, notes } = await runTrial(t, full, { stateFolder, timing: quick });
  await query(stateFolder, ports.db ?? 0, "CREATE TABLE votes AS SELECT 42 AS count");
  await redisCommand(ports.redis ?? 0, "SET votes 42");
  const grandchild = (await askWeb(ports.web ?? 0)).child;

  for (const name of ["db", "redis", "web"]) {
    const { pid } = stateOf(run, name);
    // The service as a crash would end it: without its own child, which kill() would end too.
    if (name === "web") process.kill(pid ?? 0, "SIGKILL");
    else await run.kill(name);
    assert.equal(await until(() => !runs(pid), LIMIT_MS), true);
    const state = await stateBecomes(run, name, ({ status, restarts }) => status === "healthy" && restarts > 0);
    assert.notEqual(state.pid, pid);
    assert.equal(state.restarts, 1);
    assert.match(notes.at(-1) ?? "", new RegExp(`^${name} was ended by SIGKILL after \\d+\\.\\d s; restarting it in 0\\.1 s$`));
  }
  assert.deepEqual(await query(stateFolder, ports.db ?? 0, "SELECT count FROM votes"), [{ count: 42 }]);
  assert.equal(await redisCommand(ports.redis ?? 0, "GET votes"), "$2 42");
  assert.equal(await until(() => !runs(grandchild), LIMIT_MS), true, "the killed service's own child went with it");
});

for (const [steadyMs, then, pauses] of [
  [60_000, "grows with every death", ["0.1 s", "0.2 s", "0.4 s"]],
  [0, "starts anew once it was healthy for long enough", ["0.1 s", "0.1 s", "0.1 s"]],
] as const) {
  test(`the pause before a part is started again ${then}`, async (t) => {
    const { run, notes } = await runTrial(t, web, { stateFolder: temporaryFolder(), timing: { ...quick, steadyMs } });
    for (const restarts of [1, 2, 3]) {
      await run.kill("web");
      await stateBecomes(run, "web", (state) => state.status === "healthy" && state.restarts === restarts);
    }
    assert.deepEqual(
      notes.map((note) => note.split("restarting it in ")[1]),
      pauses,
    );
  });
}

test("a service that turns sick shows why, and comes back", async (t) => {
  const { run, ports } = await runTrial(t, web, { stateFolder: temporaryFolder(), timing: quick });
  const seen: string[] = [];
  run.onState(({ status, reason }) => seen.push(`${status}: ${reason}`));
  await askWeb(ports.web ?? 0, "/sick?because=no+database");
  await stateBecomes(run, "web", ({ status, reason }) => status === "unhealthy" && reason === "no database");
  await askWeb(ports.web ?? 0, "/sick");
  await stateBecomes(run, "web", ({ status }) => status === "healthy");
  // On a busy machine it may not answer in time now and then, which is told too.
  const told = seen.filter((text) => !text.includes("no answer within"));
  assert.deepEqual(
    told.filter((text, index) => text !== told[index - 1]),
    ["unhealthy: no database", "healthy: null"],
  );
});

test("a part that is stopped stays so until it is restarted", async (t) => {
  const { run, ports, notes } = await runTrial(t, web, { stateFolder: temporaryFolder(), timing: quick });
  await run.stop("web");
  await run.stop("web");
  assert.equal(stateOf(run, "web").status, "stopped");
  assert.equal(stateOf(run, "web").pid, null);
  await assert.rejects(run.kill("web"), { name: "UserError", message: "web isn't running now\n  fix: restart web" });
  await run.restart("web");
  assert.equal(stateOf(run, "web").status, "healthy");
  const { pid } = stateOf(run, "web");
  await Promise.all([run.restart("web"), run.restart("web")]);
  assert.notEqual(stateOf(run, "web").pid, pid);
  assert.equal(stateOf(run, "web").restarts, 0);
  assert.equal((await askWeb(ports.web ?? 0)).env.PORT, String(ports.web));
  assert.deepEqual(notes, []);
  assert.deepEqual(
    run
      .logs()
      .map(({ text }) => text)
      .filter((text) => text === "goodbye").length,
    2,
  );
});

test("under watch a service is restarted when a file of its own or of a named folder changes", async (t) => {
  const stackFolder = temporaryFolder();
  cpSync(join(FIXTURES, "web"), join(stackFolder, "web"), { recursive: true });
  mkdirSync(join(stackFolder, "shared"));
  const { run, notes } = await runTrial(t, web, { stateFolder: temporaryFolder(), stackFolder, watch: true, timing: quick });

  const notesOf = async (change: () => void) => {
    const { pid } = stateOf(run, "web");
    const already = notes.length;
    change();
    await stateBecomes(run, "web", (state) => state.status === "healthy" && state.pid !== pid);
    return notes.slice(already);
  };
  const write = (path: string) => () => writeFileSync(join(stackFolder, path), "{}");
  assert.deepEqual(await notesOf(write("shared/options.json")), ["shared/options.json changed: restarting web"]);
  assert.deepEqual(await notesOf(() => mkdirSync(join(stackFolder, "web", "dist"))), ["web/dist changed: restarting web"]);
  assert.deepEqual(await notesOf(write("web/dist/main.js")), ["web/dist/main.js changed: restarting web"]);
});
