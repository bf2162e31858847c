import type { MonitoringDefinition } from "../definition.js";
import type { PlannedComponent, PlannedHost, ScrapeTarget } from "../plan.js";
import { exportersOf, NODE_EXPORTER_PORT, PROMETHEUS_PORT } from "./monitoring-ports.js";

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
