import type { Plan } from "@groundplan/model";
import { hostReach } from "../reach.js";
import { exporterOf } from "./exporter-containers.js";
import type { MonitoringContainer } from "./monitoring-container.js";
import { alertmanager, blackboxExporter, grafana, prometheus } from "./server-containers.js";

/** Every container that monitoring needs, those of the monitoring host first; none for a stack without monitoring. */
export function monitoringContainers(plan: Plan): readonly MonitoringContainer[] {
  if (plan.monitoring === null) return [];
  const { on } = plan.monitoring;
  const exporters = plan.scrapes.flatMap((scrape) => exporterOf(scrape, plan));
  const blackbox = hostReach(plan).certificates === null ? [] : [blackboxExporter(on)];
  return [prometheus(on), alertmanager(on), grafana(on), ...blackbox, ...exporters];
}
