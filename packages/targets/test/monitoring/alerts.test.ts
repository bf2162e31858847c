import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { isAlert, renderMonitoring, ruleGroups, watchedOf } from "../../src/index.js";
import { ALERT_CASES } from "./alert-cases.js";
import { VOTING, WITH_ALL } from "./monitored.js";

const WATCHED = watchedOf(VOTING, WITH_ALL);
const ALERTS = ruleGroups(WATCHED)
  .flatMap(({ rules }) => rules)
  .filter(isAlert);
const NAMES = [...new Set(ALERTS.map(({ alert }) => alert))].sort();
const ALL_FILES = renderMonitoring(VOTING, WITH_ALL);

test("every alert has a case that makes it fire and one that nearly does", () => {
  assert.deepEqual([...new Set(ALERT_CASES.map(({ alert }) => alert))].sort(), NAMES);
  for (const name of NAMES) {
    const near = ALERT_CASES.filter(({ alert }) => alert === name).flatMap(({ silent }) => Object.keys(silent));
    assert.ok(near.length > 0, name);
  }
});

test("every alert has a runbook page, and every page an alert", () => {
  const pages = readdirSync(new URL("../../../../docs/runbooks/", import.meta.url)).filter((file) => file !== "README.md");
  assert.deepEqual(
    pages.sort(),
    NAMES.map((name) => `${name}.md`),
  );
});

test("every alert tells its value, and is a page or a ticket", () => {
  for (const { alert, description, severity } of ALERTS) {
    assert.match(description, /\{\{ \$value/, alert);
    assert.ok(["page", "ticket"].includes(severity), alert);
  }
});

test("a stalled level pages within two minutes: reading, window, evaluation, pending and gathering together", () => {
  const { global } = parse(textOf("prometheus/prometheus.yml")) as { global: Record<string, string> };
  const { route } = parse(textOf("alertmanager/alertmanager.yml")) as { route: { routes: { group_wait: string }[] } };
  const waits = [global.scrape_interval, global.evaluation_interval, route.routes[0]?.group_wait].map((text) =>
    Number.parseInt(text ?? "", 10),
  );
  const stalled = ALERT_CASES.filter(({ alert }) => ["PipelineStalled", "PipelineWorkerStalled"].includes(alert));
  assert.equal(stalled.length, 3);
  for (const { firesAtSeconds } of stalled) {
    // The cases stall at 300 seconds, just as they are read and evaluated; in life each of the two may be an interval away.
    const longestSeconds = waits.reduce((sum, wait) => sum + wait, firesAtSeconds - 300);
    assert.equal(longestSeconds, 100);
  }
});

function textOf(path: string): string {
  return ALL_FILES.find((file) => file.path === path)?.text ?? "";
}
