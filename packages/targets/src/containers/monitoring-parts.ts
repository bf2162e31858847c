import { ALERTMANAGER_PORT, exporterNameOf, type Plan, PROMETHEUS_PORT, type ScrapeTarget } from "@groundplan/model";
import type { MonitoringContainer, MonitoringVolume } from "../monitoring/containers/monitoring-container.js";
import { monitoringContainers } from "../monitoring/containers/monitoring-containers.js";
import { DASHBOARD_FOLDER, type MonitoringReach, type ScrapeAddress, smtpReceiver } from "../monitoring/reach.js";
import { renderMonitoring } from "../monitoring/render-monitoring.js";
import type { GeneratedFile } from "../target.js";

/** How an engine leads Prometheus to what it reads. */
export interface MonitoringNeeds {
  /** The name that the DNS has the addresses of all copies of a service under. */
  readonly copiesOf: (service: string) => string;
  /** Whether there may be several machines: each has a node exporter of its own. */
  readonly manyMachines: boolean;
}

/** A program of monitoring as a container beside those of the stack. */
export interface MonitoringPart extends MonitoringContainer {
  /** Names of the containers that it opens connections to. */
  readonly reaches: readonly string[];
  /** Whether it opens connections to the world. */
  readonly outbound: boolean;
  /** What it reads of the generated files. */
  readonly files: readonly MountedFile[];
  /** The other volumes. */
  readonly volumes: readonly MonitoringVolume[];
}

/** A generated file, with its path in the container. */
export interface MountedFile extends GeneratedFile {
  readonly target: string;
}

/** The containers of monitoring, and the files that they read; none for a stack without. `names`: the components that have a container. */
export function monitoringParts(plan: Plan, names: ReadonlySet<string>, needs: MonitoringNeeds): readonly MonitoringPart[] {
  if (plan.monitoring === null) return [];
  const reach = engineReach(plan, names, needs);
  const files = renderMonitoring(plan, reach);
  const scraped = plan.scrapes.filter((scrape) => reach.addressOf(scrape) !== null).map(scrapedName);
  const reaches: Readonly<Record<string, readonly string[]>> = {
    prometheus: [...new Set(scraped)].filter((name) => name !== "prometheus").concat("alertmanager"),
    grafana: ["prometheus"],
  };
  const wanted = new Set(["prometheus", "alertmanager", "grafana", ...scraped]);
  return withoutDoubles(monitoringContainers(plan).filter(({ name }) => wanted.has(name))).map((container) => ({
    ...container,
    arguments: container.seesHost ? [...container.arguments, ...SEES_HOST] : container.arguments,
    volumes: container.volumes.filter(({ kind }) => kind !== "files"),
    reaches: reaches[container.name] ?? (container.reads === null ? [] : [container.reads]),
    outbound: container.name === "alertmanager" && reach.receiver.kind !== "none",
    files: mounted(container, files),
  }));
}

/** The files to write for them: those that one of them reads, each once. */
export function monitoringFiles(parts: readonly MonitoringPart[]): readonly GeneratedFile[] {
  return parts.flatMap(({ files }) => files.map(({ path, text }) => ({ path, text })));
}

/**
 * The host's own /proc and /sys, which are under its root: so the processes of the host need not be shared. The network stays the
 * container's own, or Prometheus could not reach it without opening its port to the world: what it would tell of that says nothing of the host.
 */
const SEES_HOST = ["--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--no-collector.netdev"];

/** One machine, or one service on all of them: the node exporters of the plan's hosts are one here. */
function withoutDoubles(containers: readonly MonitoringContainer[]): readonly MonitoringContainer[] {
  return containers.filter(({ name }, index) => containers.findIndex((other) => other.name === name) === index);
}

function engineReach(plan: Plan, names: ReadonlySet<string>, { copiesOf, manyMachines }: MonitoringNeeds): MonitoringReach {
  const address = (scrape: ScrapeTarget): ScrapeAddress | null => {
    const { component, exporter, host, port } = scrape;
    const name = scrapedName(scrape);
    const many: ScrapeAddress = { kind: "dns", name: copiesOf(name), port };
    const one: ScrapeAddress = { kind: "static", address: `${name}:${port}` };
    if (exporter === "node") return host !== plan.monitoring?.on ? null : manyMachines ? many : one;
    // By its own name it would ask whatever leads to its copies.
    if (component === null) return { kind: "static", address: `localhost:${port}` };
    if (!names.has(component)) return null;
    const source = plan.components.find((candidate) => candidate.name === component)?.source;
    return exporter === null && source?.kind === "service" && source.replicas > 1 ? many : one;
  };
  return {
    addressOf: address,
    alertmanager: `alertmanager:${ALERTMANAGER_PORT}`,
    prometheusUrl: `http://prometheus:${PROMETHEUS_PORT}`,
    dashboardFolder: DASHBOARD_FOLDER,
    receiver: smtpReceiver(plan),
    // There is no HTTPS here: who wants it puts a proxy in front.
    certificates: null,
  };
}

/** The container that answers a scrape. */
export function scrapedName({ component, exporter }: ScrapeTarget): string {
  if (component === null) return exporter === null ? "prometheus" : "node-exporter";
  return exporter === null ? component : exporterNameOf(component);
}

function mounted({ volumes }: MonitoringContainer, files: readonly GeneratedFile[]): readonly MountedFile[] {
  const folders = volumes.filter(({ kind }) => kind === "files");
  return folders.flatMap(({ source, target }) =>
    files
      .filter(({ path }) => path.startsWith(`${source}/`))
      .map((file) => ({ ...file, target: `${target}${file.path.slice(source.length)}` })),
  );
}
