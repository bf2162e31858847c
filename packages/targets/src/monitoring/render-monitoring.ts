import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../target.js";
import { map, quoted, renderYaml } from "../text/yaml.js";
import { renderAlertmanager } from "./alertmanager.js";
import { dashboardsOf } from "./grafana/dashboards.js";
import { DATA_SOURCE } from "./grafana/panels.js";
import { renderBlackbox, renderPrometheus } from "./prometheus.js";
import { type MonitoringReach, monitoringOf } from "./reach.js";
import { renderRules, ruleGroups } from "./rules/rule-groups.js";
import { promDuration, SCRAPE_SECONDS } from "./timing.js";
import { type Watched, watchedOf } from "./watched.js";

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

/** Dashboards, and the provisioning that makes Grafana start with them. */
function renderGrafana(watched: Watched): readonly GeneratedFile[] {
  const { reach } = watched;
  const dashboards = [...dashboardsOf(watched)].map(([name, dashboard]) => ({
    path: `grafana/dashboards/${name}.json`,
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
  return [
    { path: "grafana/provisioning/datasources/prometheus.yml", text: dataSource(reach.prometheusUrl) },
    { path: "grafana/provisioning/dashboards/groundplan.yml", text: provider(reach.dashboardFolder) },
    ...dashboards,
  ];
}

function dataSource(url: string): string {
  return renderYaml(
    "The one data source of all dashboards.",
    map({
      apiVersion: 1,
      datasources: [
        map({
          name: "Prometheus",
          type: DATA_SOURCE.type,
          uid: DATA_SOURCE.uid,
          access: "proxy",
          url: quoted(url),
          isDefault: true,
          editable: false,
          jsonData: map({ httpMethod: "POST", timeInterval: promDuration(SCRAPE_SECONDS) }),
        }),
      ],
    }),
  );
}

function provider(folder: string): string {
  return renderYaml(
    "Dashboards are files: a change in the browser is gone at the next start.",
    map({
      apiVersion: 1,
      providers: [
        map({ name: "groundplan", type: "file", disableDeletion: true, allowUiUpdates: false, options: map({ path: quoted(folder) }) }),
      ],
    }),
  );
}
