import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { dashboardsOf, hostReach, isAlert, queriesOf, ruleGroups, watchedOf } from "../../src/index.js";
import { METRICS } from "./metrics.js";
import { MONITORED, VOTING, WITH_ALL } from "./monitored.js";
import { checked, written } from "./promtool.js";

const watched = watchedOf(VOTING, WITH_ALL);
const voting = [...dashboardsOf(watched).values()];

test("a stack has the dashboards of what is in it", () => {
  const topics = Object.entries(MONITORED).map(([name, plan]) => [name, [...dashboardsOf(watchedOf(plan, hostReach(plan))).keys()]]);
  assert.deepEqual(Object.fromEntries(topics), {
    voting: ["infrastructure", "pipeline", "redis", "postgresql"],
    awkward: ["infrastructure", "pipeline", "redis", "postgresql"],
    hello: ["infrastructure"],
    "single-host": ["infrastructure", "redis", "postgresql"],
    secure: ["infrastructure"],
  });
});

test("each dashboard has a uid that stays, and leads to the others", () => {
  assert.deepEqual(
    voting.map(({ uid }) => uid),
    ["groundplan-infrastructure", "groundplan-pipeline", "groundplan-redis", "groundplan-postgresql"],
  );
  for (const { links, tags } of voting) {
    assert.ok(links?.some(({ type, tags: wanted }) => type === "dashboards" && wanted.every((tag) => tags?.includes(tag))));
  }
});

test("no two panels of a dashboard have one number or lie on each other, and none is wider than the page", () => {
  for (const { title, panels = [] } of voting) {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, title);
    const cells = panels.flatMap(({ gridPos }) => {
      assert.ok(gridPos !== undefined && gridPos.x + gridPos.w <= 24, title);
      return Array.from({ length: gridPos.w * gridPos.h }, (_, index) => {
        return `${gridPos.x + (index % gridPos.w)},${gridPos.y + Math.floor(index / gridPos.w)}`;
      });
    });
    assert.equal(new Set(cells).size, cells.length, title);
  }
});

test("the rates of all levels are on one graph", () => {
  const pipeline = voting.find(({ uid }) => uid === "groundplan-pipeline") ?? assert.fail();
  assert.deepEqual(
    queriesOf(pipeline).flatMap(({ panel, expr }) => (panel === "Rates" ? [expr] : [])),
    ["accepted", "queued", "persisted", "visible"].map((level) => `stack:pipeline_level:rate40s{level="${level}"}`),
  );
});

test("every query of every panel is PromQL, and asks for what is chosen or for everything", async (context) => {
  const queries = Object.values(MONITORED).flatMap((plan) =>
    [...dashboardsOf(watchedOf(plan, hostReach(plan))).values()].flatMap((dashboard) => queriesOf(dashboard)),
  );
  assert.ok(queries.length > 80);
  for (const { expr } of queries) assert.doesNotMatch(expr, /\$/);
  const rules = queries.map(({ expr }, index) => ({ record: `query:${index}`, expr }));
  const folder = written(context, [{ path: "queries.yml", text: stringify({ groups: [{ name: "queries", rules }] }) }]);
  const outcome = await checked(context, "promtool", ["check", "rules", "queries.yml"], folder);
  if (outcome !== null) assert.equal(outcome.code, 0, `${outcome.stdout}${outcome.stderr}`);
});

test("every metric in a panel or a rule is one that a rule records, or that an exporter or service has", () => {
  const rules = ruleGroups(watched).flatMap((group) => group.rules);
  const records = rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]));
  const known = new Set([...records, ...Object.values(METRICS).flat()]);
  const queries = voting.flatMap((dashboard) => queriesOf(dashboard).map(({ expr }) => expr));
  const asked = [...queries, ...rules.map(({ expr }) => expr)].flatMap(metricsIn);
  assert.ok(new Set(asked).size > 60);
  assert.deepEqual([...new Set(asked.filter((name) => !known.has(name)))], []);
});

test("every recorded series is read by a panel or an alert", () => {
  const rules = ruleGroups(watched).flatMap((group) => group.rules);
  const readers = [...voting.flatMap((dashboard) => queriesOf(dashboard).map(({ expr }) => expr)), ...rules.map(({ expr }) => expr)].join(
    "\n",
  );
  const records = [...new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])))];
  assert.deepEqual(
    records.filter((record) => !readers.includes(record)),
    [],
  );
});

/** Names of metrics: what stands before a selector, a range or an operator, and is no function, keyword or label. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\{[^}]*\}|\[[^\]]*\]/g, " ");
  const withoutLabels = bare.replace(/\b(by|on|group_left|group_right)\s*\([^)]*\)/g, " ");
  return [...withoutLabels.matchAll(/[a-zA-Z_][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g)]
    .map(([name]) => name)
    .filter((name) => !["and", "or", "unless", "by", "on", "group_left"].includes(name));
}
