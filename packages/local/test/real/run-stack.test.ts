import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { UserError } from "@groundplan/model";
import { freePort } from "@groundplan/testing";
import { runStack } from "../../src/run-stack.js";
import { temporaryFolder } from "../temporary-folder.js";
import { askWeb, children, FIXTURES, full, needsRedis, needsUnix, query, redisCommand, runs, runTrial, small, stateOf } from "./demo.js";

test("a stack comes up healthy in link order, tells each service its addresses, and leaves no process", { skip: needsRedis }, async (t) => {
  const before = children();
  const stateFolder = join(temporaryFolder(), "state");
  const healthy: string[] = [];
  const { run, ports } = await runTrial(t, full, {
    stateFolder,
    onState: ({ name, status }) => status === "healthy" && healthy.push(name),
  });

  assert.deepEqual(healthy, ["redis", "db", "web"]);
  assert.deepEqual(
    run.states().map(({ name, status, reason, standIn }) => [name, status, reason, standIn]),
    [
      ["db", "healthy", null, null],
      ["redis", "healthy", null, null],
      ["web", "healthy", null, null],
    ],
  );
  assert.equal(stateOf(run, "web").url, `http://127.0.0.1:${ports.web}`);
  assert.equal(stateOf(run, "db").url, null);

  const { env, folder } = await askWeb(ports.web ?? 0);
  assert.equal(folder, join(FIXTURES, "web"));
  assert.equal(env.PORT, String(ports.web));
  assert.equal(env.HOST, "127.0.0.1");
  assert.equal(env.QUEUE_URL, `redis://127.0.0.1:${ports.redis}`);
  assert.match(env.DB_URL ?? "", new RegExp(`^postgres://app:[\\w-]{32}@127\\.0\\.0\\.1:${ports.db}/app$`));
  assert.equal(env.npm_config_user_agent, undefined);

  const pids = run.states().map(({ pid }) => pid);
  assert.deepEqual(pids.map(runs), [true, true, true]);
  const grandchild = (await askWeb(ports.web ?? 0)).child;
  await Promise.all([run.shutDown(), run.shutDown()]);
  assert.deepEqual(
    run.states().map(({ status }) => status),
    ["stopped", "stopped", "stopped"],
  );
  assert.deepEqual([...pids, grandchild].map(runs), [false, false, false, false]);
  assert.deepEqual(children(), before);
});

test("a second start keeps data, secrets and ports, and answers are durable", { skip: needsRedis }, async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const first = await runTrial(t, full, { stateFolder });
  await query(stateFolder, first.ports.db ?? 0, "CREATE TABLE votes AS SELECT 42 AS count");
  assert.equal(await redisCommand(first.ports.redis ?? 0, "SET votes 42"), "+OK");
  assert.deepEqual(
    await query(stateFolder, first.ports.db ?? 0, "SELECT current_setting('fsync') || current_setting('synchronous_commit') AS durable"),
    [{ durable: "onon" }],
  );
  assert.equal(await redisCommand(first.ports.redis ?? 0, "CONFIG GET appendfsync"), "*2 $11 appendfsync $6 always");
  assert.equal(await redisCommand(first.ports.redis ?? 0, "CONFIG GET save"), "*2 $4 save $0");
  const { env } = await askWeb(first.ports.web ?? 0);
  await first.run.shutDown();

  const second = await runTrial(t, full, { stateFolder, ports: { web: first.ports.web ?? 0 } });
  assert.deepEqual(second.ports, first.ports);
  assert.deepEqual((await askWeb(second.ports.web ?? 0)).env, env);
  assert.deepEqual(await query(stateFolder, second.ports.db ?? 0, "SELECT count FROM votes"), [{ count: 42 }]);
  assert.equal(await redisCommand(second.ports.redis ?? 0, "GET votes"), "$2 42");
  assert.deepEqual(second.notes, []);
});

test("without a Redis server the stand-in serves its clients, and one line says so", async (t) => {
  process.env.GROUNDPLAN_NO_REDIS = "1";
  t.after(() => {
    delete process.env.GROUNDPLAN_NO_REDIS;
  });
  const stateFolder = join(temporaryFolder(), "state");
  const { run, notes, ports } = await runTrial(t, full, { stateFolder });
  assert.deepEqual(notes, ["no redis-server here: the clients of redis use db instead (install redis-server for the fast queue)"]);
  assert.deepEqual(run.logs().find((line) => line.from === "groundplan")?.text, notes[0]);
  const { env } = await askWeb(ports.web ?? 0);
  assert.equal(env.QUEUE_URL, env.DB_URL);
  const { status, standIn, pid, port } = stateOf(run, "redis");
  assert.deepEqual({ status, standIn, pid, port }, { status: "stopped", standIn: "db", pid: null, port: null });
  await assert.rejects(run.restart("redis"), {
    name: "UserError",
    message: "redis doesn't run here: db serves its clients\n  fix: name db instead",
  });
  await assert.rejects(run.stop("wep"), {
    name: "UserError",
    message: `"wep" isn't a part of this stack (parts: db, redis, web)\n  fix: write "web"`,
  });
});

test("a stack that runs already is not started a second time", async (t) => {
  const stateFolder = join(temporaryFolder(), "state");
  const { run, ports } = await runTrial(t, small, { stateFolder });
  await assert.rejects(runTrial(t, small, { stateFolder }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.problems[0]?.message, `the stack "demo" is already running (pid ${process.pid}, http://127.0.0.1:${ports.web})`);
    return true;
  });
  assert.equal(stateOf(run, "web").status, "healthy");
});

test("a port that is asked for and taken is an error before anything starts", { skip: needsUnix }, async (t) => {
  const before = children();
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => server.close());
  const options = { plan: small, stackFolder: FIXTURES, stateFolder: temporaryFolder(), watch: false, onNote: () => {} };
  await assert.rejects(runStack({ ...options, ports: { web: port } }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, new RegExp(`^--port web=${port}: port ${port} isn't available`));
    return true;
  });
  assert.deepEqual(children(), before);
});
