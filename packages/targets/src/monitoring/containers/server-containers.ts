import { ALERTMANAGER_PORT, BLACKBOX_PORT, type EnvValue, GRAFANA_PORT, PROMETHEUS_PORT } from "@groundplan/model";
import { prometheusArguments } from "../prometheus/prometheus-arguments.js";
import { DASHBOARD_FOLDER } from "../reach.js";
import { data, files, type MonitoringContainer, NOBODY, wget } from "./monitoring-container.js";
import { MONITORING_IMAGES } from "./monitoring-images.js";

export function prometheus(host: string): MonitoringContainer {
  return {
    name: "prometheus",
    host,
    image: MONITORING_IMAGES.prometheus,
    arguments: prometheusArguments({ configFile: "/etc/prometheus/prometheus.yml", dataFolder: "/prometheus" }),
    env: {},
    port: PROMETHEUS_PORT,
    public: true,
    volumes: [files("prometheus", "/etc/prometheus"), data("prometheus-data", "/prometheus")],
    health: "/-/ready",
    healthCommand: wget(PROMETHEUS_PORT, "/-/ready"),
    reads: null,
    seesHost: false,
    memoryMb: 512,
    user: NOBODY,
  };
}

export function alertmanager(host: string): MonitoringContainer {
  return {
    name: "alertmanager",
    host,
    image: MONITORING_IMAGES.alertmanager,
    arguments: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.listen-address=0.0.0.0:${ALERTMANAGER_PORT}`,
      // One alone: it needs no port for others of its kind.
      "--cluster.listen-address=",
    ],
    env: {},
    port: ALERTMANAGER_PORT,
    public: false,
    volumes: [files("alertmanager", "/etc/alertmanager"), data("alertmanager-data", "/alertmanager")],
    health: "/-/ready",
    healthCommand: wget(ALERTMANAGER_PORT, "/-/ready"),
    reads: null,
    seesHost: false,
    memoryMb: 128,
    user: NOBODY,
  };
}

/** Everybody who reaches it may look, nobody may change anything: there is no account, and so no password. */
export function grafana(host: string): MonitoringContainer {
  return {
    name: "grafana",
    host,
    image: MONITORING_IMAGES.grafana,
    arguments: [],
    env: texts({
      GF_SERVER_HTTP_PORT: String(GRAFANA_PORT),
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_AUTH_BASIC_ENABLED: "false",
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true",
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${DASHBOARD_FOLDER}/infrastructure.json`,
      // It would ask the internet for these.
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
    }),
    port: GRAFANA_PORT,
    public: true,
    volumes: [
      files("grafana/provisioning", "/etc/grafana/provisioning"),
      files("grafana/dashboards", DASHBOARD_FOLDER),
      data("grafana-data", "/var/lib/grafana"),
    ],
    health: "/api/health",
    healthCommand: wget(GRAFANA_PORT, "/api/health"),
    reads: null,
    seesHost: false,
    memoryMb: 256,
    user: "472:0",
  };
}

export function blackboxExporter(host: string): MonitoringContainer {
  return {
    name: "blackbox-exporter",
    host,
    image: MONITORING_IMAGES.blackboxExporter,
    arguments: ["--config.file=/etc/blackbox/blackbox.yml", `--web.listen-address=0.0.0.0:${BLACKBOX_PORT}`],
    env: {},
    port: BLACKBOX_PORT,
    public: false,
    volumes: [files("blackbox", "/etc/blackbox")],
    health: "/-/healthy",
    healthCommand: wget(BLACKBOX_PORT, "/-/healthy"),
    reads: null,
    seesHost: false,
    memoryMb: 64,
    user: NOBODY,
  };
}

function texts(values: Readonly<Record<string, string>>): Readonly<Record<string, EnvValue>> {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, [{ kind: "text", text: value }]]));
}
