import {
  ALERTMANAGER_PORT,
  BLACKBOX_PORT,
  type EnvValue,
  exporterNameOf,
  GRAFANA_PORT,
  type Plan,
  type PlannedComponent,
  PROMETHEUS_PORT,
  type ScrapeTarget,
} from "@groundplan/model";
import {
  type Container,
  type ContainerImage,
  type MountedFile,
  type OpenedName,
  PLAIN,
  SERVICE_TIMES,
  type Volume,
} from "../containers/container.js";
import type { GeneratedFile } from "../target.js";
import { inWords } from "../text/words.js";
import { prometheusArguments } from "./prometheus.js";
import { DASHBOARD_FOLDER, hostReach, MAIL_PASSWORD_FILE, type MonitoringReach, SMTP_PASSWORD_FILE } from "./reach.js";
import { renderMonitoring } from "./render-monitoring.js";
import { RETENTION_DAYS } from "./timing.js";

/** A program of monitoring as a container. */
export interface MonitoringContainer extends Container {
  readonly image: ContainerImage & { readonly kind: "ready" };
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly port: number;
  /** What it does, for a table. */
  readonly does: string;
  /**
   * What it opens connections to: "everything" that is scraped, and whoever tells people of alerts; whatever reads "everything", for its
   * "figures"; the component that it `reads`; or "nothing".
   */
  readonly asks: "everything" | "figures" | "component" | "nothing";
  /** The component that it tells of; `null`: none. */
  readonly reads: string | null;
  /** User and group that the program of the image runs as: files it reads must be readable, folders it writes to writable for it. */
  readonly user: string;
}

/** The public images that monitoring runs from, each at one version: what runs changes here and nowhere else. */
export const MONITORING_IMAGES = {
  prometheus: "prom/prometheus:v2.55.1",
  alertmanager: "prom/alertmanager:v0.27.0",
  grafana: "grafana/grafana:11.4.0",
  nodeExporter: "prom/node-exporter:v1.8.2",
  blackboxExporter: "prom/blackbox-exporter:v0.25.0",
  redisExporter: "oliver006/redis_exporter:v1.66.0-alpine",
  postgresExporter: "prometheuscommunity/postgres-exporter:v0.17.1",
} as const;

/**
 * Every container that monitoring needs, those of the monitoring host first; none for a stack without monitoring.
 *
 * @param reach Where a target runs them: what has no address there has no exporter either.
 * @param by "hosts": on the hosts of the stack, which know each other by their names; "engine": where containers know each other by theirs.
 */
export function monitoringContainers(
  plan: Plan,
  reach: MonitoringReach | null = plan.monitoring === null ? null : hostReach(plan),
  by: "hosts" | "engine" = "hosts",
): readonly MonitoringContainer[] {
  if (plan.monitoring === null || reach === null) return [];
  const { on } = plan.monitoring;
  const written = renderMonitoring(plan, reach);
  const scraped = plan.scrapes.filter((scrape) => reach.addressOf(scrape) !== null);
  const exporters = scraped.flatMap((scrape) => exporterOf(scrape, plan));
  const blackbox = reach.certificates === null ? [] : [blackboxExporter(on)];
  const servers = [prometheus(on), alertmanager(on, reach), grafana(on), ...blackbox];
  return [...servers, ...exporters].map((container) => {
    const opens = by === "hosts" ? openedHosts(container, plan) : openedContainers(container, scraped);
    return {
      ...container,
      files: filesRead(container, written),
      opens,
      about: container.about || `Monitoring: ${aboutOpening(container, opens)}`,
      ...(container.seesHost ? (by === "hosts" ? { network: "host" as const } : { command: [...container.command, ...SEES_HOST] }) : {}),
    };
  });
}

/** The container that answers a scrape. */
export function scrapedName({ component, exporter }: ScrapeTarget): string {
  if (component === null) return exporter === null ? PROMETHEUS : NODE_EXPORTER;
  return exporter === null ? component : exporterNameOf(component);
}

const PROMETHEUS = "prometheus";
const ALERTMANAGER = "alertmanager";
const NODE_EXPORTER = "node-exporter";

/** What all of these programs have in common. */
const COMMON = { ...PLAIN, role: "monitoring", does: "", asks: "nothing", reads: null, user: "65534:65534" } as const;

function prometheus(host: string): MonitoringContainer {
  return {
    ...COMMON,
    ...asked(PROMETHEUS_PORT, "/-/ready", "operators"),
    name: PROMETHEUS,
    image: { kind: "ready", reference: MONITORING_IMAGES.prometheus },
    host,
    does: `reads all others every few seconds, keeps ${RETENTION_DAYS} days, and knows what is an alert`,
    command: prometheusArguments({ configFile: "/etc/prometheus/prometheus.yml", dataFolder: "/prometheus" }),
    volumes: [files("prometheus", "/etc/prometheus"), data("prometheus-data", "/prometheus")],
    memoryMb: 512,
    asks: "everything",
  };
}

function alertmanager(host: string, { receiver }: MonitoringReach): MonitoringContainer {
  const login = receiver.kind === "smtp" ? receiver.login : null;
  return {
    ...COMMON,
    ...asked(ALERTMANAGER_PORT, "/-/ready"),
    name: ALERTMANAGER,
    image: { kind: "ready", reference: MONITORING_IMAGES.alertmanager },
    host,
    about: "Monitoring: tells people of alerts.",
    does: "tells people of alerts; nobody but Prometheus reaches it",
    command: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.listen-address=0.0.0.0:${ALERTMANAGER_PORT}`,
      // One alone: it needs no port for others of its kind.
      "--cluster.listen-address=",
    ],
    volumes: [files("alertmanager", "/etc/alertmanager"), data("alertmanager-data", "/alertmanager")],
    userFiles: login === null ? [] : [{ path: MAIL_PASSWORD_FILE, target: SMTP_PASSWORD_FILE }],
    outbound: receiver.kind !== "none",
    // Alarms go out with the role of the machine, and a container in a network of its own does not get it: http_put_response_hop_limit.
    ...(receiver.kind === "sns"
      ? { network: "host" as const, labels: { "groundplan.topic": [{ kind: "output", name: "alarm_topic_arn" } as const] } }
      : {}),
    memoryMb: 128,
  };
}

/** Everybody who reaches it may look, nobody may change anything: there is no account, and so no password. */
function grafana(host: string): MonitoringContainer {
  return {
    ...COMMON,
    ...asked(GRAFANA_PORT, "/api/health", "operators"),
    name: "grafana",
    image: { kind: "ready", reference: MONITORING_IMAGES.grafana },
    host,
    about: "Monitoring: dashboards. It has no account: who reaches it may look, and change nothing.",
    does: "dashboards; no account: who reaches it may look, and change nothing",
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
    volumes: [
      files("grafana/provisioning", "/etc/grafana/provisioning"),
      files("grafana/dashboards", DASHBOARD_FOLDER),
      data("grafana-data", "/var/lib/grafana"),
    ],
    memoryMb: 256,
    asks: "figures",
    user: "472:0",
  };
}

function blackboxExporter(host: string): MonitoringContainer {
  return {
    ...COMMON,
    ...asked(BLACKBOX_PORT, "/-/healthy"),
    name: "blackbox-exporter",
    image: { kind: "ready", reference: MONITORING_IMAGES.blackboxExporter },
    host,
    command: ["--config.file=/etc/blackbox/blackbox.yml", `--web.listen-address=0.0.0.0:${BLACKBOX_PORT}`],
    volumes: [files("blackbox", "/etc/blackbox")],
    memoryMb: 64,
  };
}

/** The exporter of a scrape target; none where what it tells of answers itself. */
function exporterOf({ exporter, host, port, component }: ScrapeTarget, plan: Plan): readonly MonitoringContainer[] {
  if (exporter === "node") return [nodeExporter(host, port)];
  const database = plan.components.find(({ name }) => name === component);
  if (exporter === null || database === undefined) return [];
  const own = database.source.kind === "postgres" ? postgresExporter(database, database.source, port) : redisExporter(database, port);
  const { name } = database;
  return [{ ...own, name: exporterNameOf(name), host, does: `tells of ${name}`, asks: "component", reads: name, after: [name] }];
}

function nodeExporter(host: string, port: number): MonitoringContainer {
  return {
    ...COMMON,
    ...asked(port, "/"),
    name: NODE_EXPORTER,
    image: { kind: "ready", reference: MONITORING_IMAGES.nodeExporter },
    host,
    about: "Monitoring: tells of the machine, whose file system it reads. Of its network it cannot tell.",
    does: "tells of the machine",
    command: ["--path.rootfs=/host", `--web.listen-address=:${port}`],
    volumes: [{ kind: "host", source: "/", target: "/host", readOnly: true, outlivesMachine: true }],
    memoryMb: 64,
    seesHost: true,
  };
}

type Exporter = Omit<MonitoringContainer, "name" | "host">;

function redisExporter({ name }: PlannedComponent, port: number): Exporter {
  return {
    ...COMMON,
    ...asked(port, "/health"),
    image: { kind: "ready", reference: MONITORING_IMAGES.redisExporter },
    command: [`--web.listen-address=0.0.0.0:${port}`],
    env: { REDIS_ADDR: [text("redis://"), hostOf(name), text(":"), portOf(name)] },
    memoryMb: 64,
    user: "59000:59000",
  };
}

function postgresExporter({ name }: PlannedComponent, source: PlannedComponent["source"] & { kind: "postgres" }, port: number): Exporter {
  return {
    ...COMMON,
    ...asked(port, "/"),
    image: { kind: "ready", reference: MONITORING_IMAGES.postgresExporter },
    command: [`--web.listen-address=:${port}`],
    // The password apart, so that it may come as a file: DATA_SOURCE_PASS_FILE.
    env: {
      DATA_SOURCE_PASS: [{ kind: "secret", name: source.passwordSecret }],
      DATA_SOURCE_URI: [hostOf(name), text(":"), portOf(name), text(`/${source.database}?sslmode=disable`)],
      DATA_SOURCE_USER: [text(source.user)],
    },
    memoryMb: 64,
  };
}

/** The port that it listens on, and the path that answers 200 there when it works. */
function asked(
  port: number,
  path: string,
  who: "operators" | "stack" = "stack",
): Pick<MonitoringContainer, "port" | "ports" | "check" | "health"> {
  return {
    port,
    ports: [{ inside: port, outside: port, for: who }],
    check: { kind: "http", port, ready: path, live: path },
    // Busybox, which all of these images have.
    health: { test: ["CMD", "wget", "--quiet", "--output-document=/dev/null", `http://127.0.0.1:${port}${path}`], ...SERVICE_TIMES },
  };
}

/**
 * The host's own /proc and /sys, which are under its root: so the processes of the host need not be shared. The network stays the
 * container's own, or Prometheus could not reach it without opening its port to the world: what it would tell of that says nothing of the host.
 */
const SEES_HOST = ["--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--no-collector.netdev"];

/** Hosts by their names, as `hostReach` has them in the configuration: which of them follows from there. */
function openedHosts({ asks, reads }: MonitoringContainer, { hosts, components }: Plan): readonly OpenedName[] {
  switch (asks) {
    case "everything":
    case "figures":
      return hosts.map(({ name }) => ({ name, host: name }));
    case "component":
      return components.filter(({ name }) => name === reads).map(({ name, host }) => ({ name, host }));
    case "nothing":
      return [];
  }
}

function openedContainers({ asks, reads, host }: MonitoringContainer, scraped: readonly ScrapeTarget[]): readonly OpenedName[] {
  const names = {
    everything: [...scraped.filter(({ component, exporter }) => component !== null || exporter !== null).map(scrapedName), ALERTMANAGER],
    figures: [PROMETHEUS],
    component: reads === null ? [] : [reads],
    nothing: [],
  };
  return [...new Set<string>(names[asks])].map((name) => ({ name, host }));
}

function aboutOpening({ asks }: MonitoringContainer, opens: readonly OpenedName[]): string {
  const names = opens.map(({ name }) => name);
  if (asks !== "everything") return `tells Prometheus of ${inWords(names)}.`;
  return `reads ${inWords(names.slice(0, -1))}, and gives alerts to ${names.at(-1)}.`;
}

function filesRead({ volumes }: Container, written: readonly GeneratedFile[]): readonly MountedFile[] {
  const folders = volumes.filter(({ kind }) => kind === "files");
  return folders.flatMap(({ source, target }) =>
    written
      .filter(({ path }) => path.startsWith(`${source}/`))
      .map((file) => ({ ...file, target: `${target}${file.path.slice(source.length)}` })),
  );
}

const files = (source: string, target: string): Volume => ({ kind: "files", source, target, readOnly: true, outlivesMachine: false });
const data = (source: string, target: string): Volume => ({ kind: "data", source, target, readOnly: false, outlivesMachine: false });

function texts(values: Readonly<Record<string, string>>): Readonly<Record<string, EnvValue>> {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, [text(value)]]));
}

const text = (value: string) => ({ kind: "text", text: value }) as const;
const hostOf = (of: string) => ({ kind: "host", of }) as const;
const portOf = (of: string) => ({ kind: "port", of }) as const;
