import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../target.js";
import { inline, map, noted, quoted, renderYaml, section, type YamlValue } from "../text/yaml.js";
import { dashboardsOf } from "./dashboards.js";
import { DATA_SOURCE } from "./panels.js";
import { renderBlackbox, renderPrometheus } from "./prometheus.js";
import { type AlarmReceiver, type MonitoringReach, monitoringOf } from "./reach.js";
import { renderRules, ruleGroups } from "./rule-groups.js";
import { PAGE_GROUP_SECONDS, promDuration, SCRAPE_SECONDS } from "./timing.js";
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

/** The file alertmanager.yml: who is told of what, how soon and how often. */
function renderAlertmanager(stack: string, receiver: AlarmReceiver): string {
  return renderYaml(
    `Who is told of the alerts of the stack "${stack}". Made by groundplan from the stack file: change that, and make this anew.`,
    map({
      global: receiver.kind === "smtp" ? smtpOf(receiver) : undefined,
      route: map({
        receiver: "ticket",
        group_by: inline(["alertname", "host"]),
        group_wait: "1m",
        group_interval: "10m",
        repeat_interval: "24h",
        routes: [
          noted(
            "Somebody gets up for it: at once, and again every hour until it is over.",
            map({
              matchers: [quoted('severity="page"')],
              receiver: "page",
              group_wait: promDuration(PAGE_GROUP_SECONDS),
              group_interval: "1m",
              repeat_interval: "1h",
            }),
          ),
        ],
      }),
      inhibit_rules: section("What follows from something else is not told beside it.", INHIBITIONS),
      receivers: section(ABOUT[receiver.kind], [receiverOf("page", receiver), receiverOf("ticket", receiver)]),
    }),
  );
}

const INHIBITIONS: readonly YamlValue[] = [
  noted(
    "A host that is down takes all on it with it.",
    map({
      source_matchers: [quoted('alertname="HostDown"')],
      target_matchers: [quoted('alertname!="HostDown"')],
      equal: inline(["host"]),
    }),
  ),
  noted(
    "A service that is down is stalled too, and its exporter knows nothing of it.",
    map({
      source_matchers: [quoted('alertname=~"ServiceDown|RedisDown|PostgresDown"')],
      target_matchers: [quoted('alertname=~"Pipeline.*|ServiceCopyDown|Redis(NotPersisting|MemoryHigh)|PostgresConnectionsHigh"')],
      equal: inline(["service"]),
    }),
  ),
  noted(
    "A disk that is full soon is nearly full.",
    map({
      source_matchers: [quoted('alertname="HostDiskFullSoon"')],
      target_matchers: [quoted('alertname="HostDiskHigh"')],
      equal: inline(["host", "mountpoint"]),
    }),
  ),
];

const ABOUT: Readonly<Record<AlarmReceiver["kind"], string>> = {
  none: "Nobody is told: alarms are shown at port 9093, in Prometheus and in Grafana.",
  smtp: "By mail.",
  sns: "To the SNS topic, by the role of the instance; whoever subscribed to it gets them.",
};

function receiverOf(name: "page" | "ticket", receiver: AlarmReceiver): YamlValue {
  switch (receiver.kind) {
    case "none":
      return map({ name });
    case "smtp":
      return map({ name, email_configs: [map({ to: quoted(receiver.to), send_resolved: true })] });
    case "sns":
      return map({
        name,
        sns_configs: [
          map({
            topic_arn: quoted(receiver.topicArn),
            sigv4: map({ region: quoted(receiver.region) }),
            send_resolved: true,
            // SNS refuses a subject of more than 100 letters.
            subject: quoted('{{ .Status | toUpper }} {{ printf "%.80s" .GroupLabels.alertname }}'),
            message: quoted(
              "{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n\n{{ end }}",
            ),
          }),
        ],
      });
  }
}

function smtpOf({ from, smarthost, login }: AlarmReceiver & { kind: "smtp" }): YamlValue {
  return map({
    smtp_from: quoted(from),
    smtp_smarthost: quoted(smarthost),
    smtp_auth_username: login === null ? undefined : quoted(login.user),
    smtp_auth_password_file: login === null ? undefined : quoted(login.passwordFile),
  });
}
