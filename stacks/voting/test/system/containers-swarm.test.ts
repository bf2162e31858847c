import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type MissingEngine, until } from "@groundplan/testing";
import { assertNothingLost } from "./containers-load.js";
import { castAndAudit } from "./containers-stress.js";
import { SwarmRun } from "./containers-swarm-run.js";
import { openPrometheus } from "./prometheus.js";

let run: SwarmRun | MissingEngine;
before(async () => {
  run = await SwarmRun.open();
  if (run instanceof SwarmRun) await run.deploy();
});
after(async () => {
  if (run instanceof SwarmRun) await run.close();
});

function inSwarm(name: string, work: (run: SwarmRun) => Promise<void>): void {
  test(name, async (context) => {
    if (!(run instanceof SwarmRun)) return context.skip(run.missing);
    await work(run);
  });
}

inSwarm("under Swarm two vote and two worker tasks run, and 1,000 votes, 40 at a time, are exact", async (run) => {
  assert.equal((await run.healthyTasks("vote")).length, 2);
  assert.equal((await run.healthyTasks("worker")).length, 2);
  await castAndAudit({ vote: run.voteUrl, result: await run.urlOf("result") });
  const metrics = await Promise.all((await run.healthyTasks("vote")).map(async (task) => (await fetch(`${task.url}/metrics`)).text()));
  const accepted = metrics.map((text) => Number(/^votes_accepted_total (\d+)$/m.exec(text)?.[1]));
  assert.ok(
    accepted.every((votes) => votes > 0),
    `both take votes in: ${accepted}`,
  );
});

inSwarm("both workers hold partitions of the queue", async (run) => {
  const { rows } = await run.pool.query<{ n: number }>(
    "SELECT COUNT(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND classid = 7301 AND granted GROUP BY pid ORDER BY n",
  );
  assert.deepEqual(
    rows.map((row) => row.n),
    [2, 2],
  );
});

inSwarm("without Grafana, which has no Debian package: Prometheus reads every task, and the machine as a host of its own", async (run) => {
  const prometheus = openPrometheus(await run.urlOf("prometheus"));
  const copies = { db: 1, "node-exporter": 1, prometheus: 1, redis: 1, result: 1, vote: 2, worker: 2 };
  const up = async () => {
    const targets = (await prometheus.targets()).filter(({ health }) => health === "up");
    return Object.fromEntries(Object.keys(copies).map((job) => [job, targets.filter((target) => target.job === job).length]));
  };
  await until("all are read", async () => isDeepStrictEqual(await up(), copies), 60_000).catch(async () =>
    assert.deepEqual(await up(), copies),
  );
  assert.equal((await prometheus.query('node_uname_info{host=~"\\\\d+[.].+"}')).length, 1);
});

for (const service of ["vote", "worker"]) {
  inSwarm(`a rolling update of ${service} under load loses and doubles no acknowledged vote`, async (run) => {
    const before = new Set((await run.healthyTasks(service)).map((task) => task.container));
    const update = async (): Promise<void> => {
      await run.update(service);
      const areNew = async (): Promise<boolean> => {
        const tasks = await run.healthyTasks(service);
        return tasks.length === 2 && tasks.every((task) => !before.has(task.container));
      };
      await until("both tasks are new ones", areNew, 180_000).catch(async (error: unknown) => {
        throw new Error(await run.story(service), { cause: error });
      });
    };
    await assertNothingLost(run.voteUrl, update, async () => run.pool);
    assert.match(await run.updateState(service), /^(updating|completed)$/);
  });
}

inSwarm("secrets reach the services as files, and no container's settings hold their values", async (run) => {
  const values = run.secretValues();
  assert.ok(values.length > 0);
  for (const service of ["vote", "worker", "result", "db"]) {
    for (const { container } of await run.healthyTasks(service)) {
      const settings = await run.engine.docker("inspect", container);
      assert.match(settings, /_FILE=\/run\/secrets\//, service);
      for (const value of values) assert.ok(!settings.includes(value), `a secret's value is in the settings of ${service}`);
    }
  }
});
