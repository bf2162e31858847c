import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../target.js";
import { renderAlertmanager } from "./alertmanager/render-alertmanager.js";
import { renderBlackbox } from "./blackbox/render-blackbox.js";
import { renderGrafana } from "./grafana/render-grafana.js";
import { renderPrometheus } from "./prometheus/render-prometheus.js";
import { type MonitoringReach, monitoringOf } from "./reach.js";
import { renderRules } from "./rules/render-rules.js";
import { ruleGroups } from "./rules/rule-groups.js";
import { watchedOf } from "./watched.js";

/**
 * The files of Prometheus, Alertmanager and Grafana for a stack with monitoring, in the folders `prometheus/`, `alertmanager/` and `grafana/`.
 * `reach` says how they find each other and what they read, where a target runs them.
 */
export function renderMonitoring(plan: Plan, reach: MonitoringReach): readonly GeneratedFile[] {
  const { runbooks } = monitoringOf(plan);
  const watched = watchedOf(plan, reach);
  return [
    { path: "prometheus/prometheus.yml", text: renderPrometheus(watched) },
    ...ruleGroups(watched).map((group) => ({ path: `prometheus/rules/${group.name}.yml`, text: renderRules(group, runbooks) })),
    { path: "alertmanager/alertmanager.yml", text: renderAlertmanager(plan.stack, reach.receiver) },
    ...renderGrafana(watched),
    ...(reach.certificates === null ? [] : [{ path: "blackbox/blackbox.yml", text: renderBlackbox() }]),
  ];
}
