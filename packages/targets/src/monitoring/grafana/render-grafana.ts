import type { GeneratedFile } from "../../target.js";
import { renderYaml } from "../../yaml/render-yaml.js";
import { map, quoted } from "../../yaml/yaml-value.js";
import { promDuration, SCRAPE_SECONDS } from "../timing.js";
import type { Watched } from "../watched.js";
import { dashboardsOf } from "./dashboards.js";
import { DATA_SOURCE } from "./panel.js";

/** Dashboards, and the provisioning that makes Grafana start with them. */
export function renderGrafana(watched: Watched): readonly GeneratedFile[] {
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
