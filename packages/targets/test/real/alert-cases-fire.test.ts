import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { renderMonitoring, watchedOf } from "../../src/index.js";
import { ALERT_CASES, type AlertCase, type SeriesValues } from "../monitoring/alert-cases.js";
import { VOTING, WITH_ALL } from "../monitoring/monitored.js";
import { checked, written } from "../monitoring/promtool.js";

const FILES = renderMonitoring(VOTING, WITH_ALL).filter(({ path }) => path.startsWith("prometheus/rules/"));
/** That of everything that answers, where a case says nothing else of it. */
const UP = watchedOf(VOTING, WITH_ALL).scrapes.map(({ job, labels }) => ({
  job,
  id: `up${selectorOf({ job, ...labels, instance: job })}`,
}));

for (const each of ALERT_CASES) {
  test(`${each.alert} fires when ${each.when}, and not before`, async (context) => {
    const rules = FILES.filter(({ text }) => text.includes(`alert: ${each.alert}\n`));
    const folder = written(context, [
      ...rules,
      {
        path: "test.yml",
        text: stringify(
          unitTests(
            each,
            rules.map(({ path }) => path),
          ),
        ),
      },
    ]);
    const outcome = await checked(context, "promtool", ["test", "rules", "test.yml"], folder);
    if (outcome === null) return;
    assert.equal(outcome.code, 0, `${outcome.stdout}${outcome.stderr}`);
    assert.match(outcome.stdout, /SUCCESS/);
  });
}

function unitTests(each: AlertCase, rule_files: readonly string[]): object {
  const { alert, series, firesAtSeconds, labels, summary, description, silent } = each;
  const fired = `count_over_time(ALERTS{alertname="${alert}", alertstate="firing"}[1d])`;
  const fires = {
    ...inputOf("it fires", series),
    promql_expr_test: [
      { expr: fired, eval_time: seconds(firesAtSeconds - 10), exp_samples: [] },
      {
        expr: `count by (alertname) (ALERTS{alertname="${alert}", alertstate="pending"})`,
        eval_time: seconds(firesAtSeconds - 10),
        exp_samples: [{ labels: `{alertname="${alert}"}`, value: 1 }],
      },
    ],
    alert_rule_test: [
      {
        eval_time: seconds(firesAtSeconds),
        alertname: alert,
        exp_alerts: [{ exp_labels: labels, exp_annotations: { summary, description, runbook_url: `docs/runbooks/${alert}.md` } }],
      },
    ],
  };
  const near = Object.entries(silent).map(([name, values]) => ({
    ...inputOf(name, values),
    promql_expr_test: [{ expr: fired, eval_time: "15m", exp_samples: [] }],
  }));
  return { rule_files, evaluation_interval: "10s", tests: [fires, ...near] };
}

function inputOf(name: string, series: SeriesValues): object {
  const told = Object.keys(series);
  const rest = UP.filter(({ job }) => !told.some((id) => id.startsWith("up{") && id.includes(`job="${job}"`)));
  const all = [...Object.entries(series), ...rest.map(({ id }) => [id, "1x100"] as const)];
  return { name, interval: "10s", input_series: all.map(([id, values]) => ({ series: id, values })) };
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")}}`;
}

function seconds(count: number): string {
  return `${count}s`;
}

test("of a level that every copy tells in full the copies are not added up, of another they are", async (context) => {
  const twice = (metric: string, values: string): SeriesValues =>
    Object.fromEntries(["a", "b"].map((copy) => [`${metric}{job="vote",service="vote",instance="${copy}:80"}`, values]));
  const totals = ["accepted", "queued"].map((level) => ({
    expr: `stack:pipeline_level:total{level="${level}"}`,
    eval_time: "5m",
    exp_samples: [{ labels: `stack:pipeline_level:total{level="${level}"}`, value: 3_000 }],
  }));
  const input = inputOf("two copies", { ...twice("votes_accepted_total", "0+50x30"), ...twice("votes_queued_total", "0+100x30") });
  const file = {
    rule_files: ["prometheus/rules/pipeline.yml"],
    evaluation_interval: "10s",
    tests: [{ ...input, promql_expr_test: totals }],
  };
  const folder = written(context, [...FILES, { path: "test.yml", text: stringify(file) }]);
  const outcome = await checked(context, "promtool", ["test", "rules", "test.yml"], folder);
  if (outcome !== null) assert.equal(outcome.code, 0, `${outcome.stdout}${outcome.stderr}`);
});
