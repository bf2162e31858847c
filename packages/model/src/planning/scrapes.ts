import type { ComponentKind, MonitoringDefinition } from "../definition.js";
import type { Exporter, PlannedComponent, PlannedHost, ScrapeTarget } from "../plan.js";

export const GRAFANA_PORT = 3000;
export const PROMETHEUS_PORT = 9090;
/** Prometheus alone opens it, on its own host. */
export const ALERTMANAGER_PORT = 9093;
/** The blackbox exporter, on Prometheus' host too: it opens the public pages, where they have certificates. */
export const BLACKBOX_PORT = 9115;

/** Where the exporters listen; a second Redis on the same host has its exporter on the next port. */
const EXPORTER_PORT: Readonly<Record<Exporter, number>> = { node: 9100, redis: 9121, postgres: 9187 };

export const NODE_EXPORTER_PORT = EXPORTER_PORT.node;

export interface ComponentExporter {
  /** The component that it tells of. */
  readonly of: string;
  readonly exporter: Exporter;
  readonly port: number;
}

/** The name that the exporter of a database runs under, beside the components. */
export function exporterNameOf(database: string): string {
  return `${database}-exporter`;
}

/** The exporters that the components of one host need, in the order of the components. */
export function exportersOf(components: readonly { readonly name: string; readonly kind: ComponentKind }[]): readonly ComponentExporter[] {
  return components.flatMap(({ name, kind }, index) => {
    if (kind === "service") return [];
    const before = components.slice(0, index).filter((other) => other.kind === kind).length;
    return { of: name, exporter: kind, port: EXPORTER_PORT[kind] + before };
  });
}

const PATH = "/metrics";

/** Everything that Prometheus reads: itself, every host, every database and every service that has metrics. */
export function scrapeTargets(
  monitoring: MonitoringDefinition | null,
  hosts: readonly PlannedHost[],
  components: readonly PlannedComponent[],
): readonly ScrapeTarget[] {
  if (monitoring === null) return [];
  const itself: ScrapeTarget = {
    job: "prometheus",
    host: monitoring.on,
    port: PROMETHEUS_PORT,
    path: PATH,
    component: null,
    exporter: null,
  };
  const nodes = hosts.map(
    ({ name }): ScrapeTarget => ({
      job: "node-exporter",
      host: name,
      port: NODE_EXPORTER_PORT,
      path: PATH,
      component: null,
      exporter: "node",
    }),
  );
  return [itself, ...nodes, ...components.flatMap((component) => componentScrape(component, components))];
}

function componentScrape(component: PlannedComponent, all: readonly PlannedComponent[]): readonly ScrapeTarget[] {
  const { name, host, port, metrics } = component;
  const exporter = exportersOf(all.filter((other) => other.host === host)).find(({ of }) => of === name);
  if (exporter !== undefined) {
    return [{ job: name, host, port: exporter.port, path: PATH, component: name, exporter: exporter.exporter }];
  }
  if (port === null || metrics === null) return [];
  return [{ job: name, host, port, path: metrics, component: name, exporter: null }];
}
