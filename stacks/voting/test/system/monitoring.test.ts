import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dashboardsOf, hostReach, queriesOf, watchedOf } from "@groundplan/targets";
import { missingProgram, until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { type Load, startLoad } from "./load.js";
import { openPrometheus, type Prometheus } from "./prometheus.js";

/** A page is due within two minutes; what Prometheus decides is known ten seconds before, which Alertmanager takes to gather. */
const PAGE_LIMIT_MS = 110_000;

const EXPORTERS = ["prometheus-node-exporter", "prometheus-redis-exporter", "prometheus-postgres-exporter"];
const skip = missingProgram("prometheus", ...EXPORTERS, "redis-server") ?? false;

let run: VotingRun;
let prometheus: Prometheus;
let load: Load;
before(async () => {
  if (skip !== false) return;
  run = await startVoting({ monitoring: true });
  const url = run.stack.states().find(({ name }) => name === "prometheus")?.url;
  prometheus = openPrometheus(url ?? "");
  load = startLoad(run);
});
after(async () => {
  if (skip !== false) return;
  await load.stop();
  await run.close();
});

test("every scrape target of the running stack is up", { skip }, async () => {
  const jobs = [...new Set(run.stack.plan.scrapes.map(({ job }) => job))].sort();
  // One that was read for the first time before it was there is down until the next time.
  let targets: Awaited<ReturnType<Prometheus["targets"]>> = [];
  await until("each target is up", async () => {
    targets = await prometheus.targets();
    return targets.length >= jobs.length && targets.every(({ health }) => health === "up");
  }).catch((error: unknown) => {
    const down = targets.filter(({ health }) => health !== "up");
    assert.deepEqual(down, [], String(error));
    throw error;
  });
  assert.deepEqual([...new Set(targets.map(({ job }) => job))].sort(), jobs);
});

test("every rule is read without an error", { skip }, async () => {
  const rules = await until("each rule was evaluated", async () => {
    const all = await prometheus.rules();
    return all.length > 0 && all.every(({ health }) => health !== "unknown") ? all : null;
  });
  assert.deepEqual(
    rules.filter(({ health }) => health !== "ok"),
    [],
  );
});

test("every query of every panel shows something while votes are cast", { skip }, async () => {
  // A refusal, so that there is something to count.
  assert.equal((await fetch(run.voteUrl, { method: "POST", body: new URLSearchParams({ vote: "nobody" }) })).status, 400);
  const { plan } = run.stack;
  const dashboards = [...dashboardsOf(watchedOf(plan, hostReach(plan))).values()];
  const queries = dashboards.flatMap(queriesOf);
  assert.ok(queries.length > dashboards.length);
  let empty = queries;
  await until(
    "no panel is empty",
    async () => {
      const found = await Promise.all(empty.map(async (query) => ({ query, series: await prometheus.query(query.expr) })));
      empty = found.filter(({ series }) => series.every((value) => Number.isNaN(value))).map(({ query }) => query);
      return empty.length === 0;
    },
    90_000,
  ).catch((error: unknown) => assert.deepEqual(empty, [], String(error)));
});

test("a worker that is stopped under load is known in time for a page within two minutes, and the alert is resolved when it is back", {
  skip,
}, async (context) => {
  const stateOf = async (alert: string) => (await prometheus.alerts()).find(({ name }) => name === alert)?.state ?? "none";
  assert.equal(await stateOf("PipelineWorkerStalled"), "none");

  const seen = new Set<string>();
  const stoppedAt = Date.now();
  await run.stack.stop("worker");
  await until(
    "the alert fires",
    async () => {
      const state = await stateOf("PipelineWorkerStalled");
      seen.add(state);
      return state === "firing";
    },
    PAGE_LIMIT_MS,
  );
  assert.deepEqual([...seen], ["none", "pending", "firing"]);
  context.diagnostic(`from the stop of the worker to the alert: ${Math.round((Date.now() - stoppedAt) / 1_000)} s`);
  const alert = (await prometheus.alerts()).find(({ name }) => name === "PipelineWorkerStalled");
  assert.equal(alert?.severity, "page");
  assert.match(alert?.description ?? "", /\d/);

  await load.stop();
  await run.stack.restart("worker");
  await until("the alert is resolved", async () => (await stateOf("PipelineWorkerStalled")) === "none", PAGE_LIMIT_MS);
});
