import { type Exporter, exporterNameOf, type Plan, type ScrapeTarget } from "@groundplan/model";

export const PROMETHEUS = "prometheus";

/** A part of the monitoring on this machine. */
export interface MonitoringPart {
  /** "prometheus", "node-exporter", or that of a component and "-exporter". */
  readonly name: string;
  /** `null`: Prometheus itself. */
  readonly exporter: Exporter | null;
  /** The component that it tells of; `null`: none. */
  readonly of: string | null;
}

/**
 * What runs beside the stack: Prometheus, one node exporter (all hosts are this machine), and an exporter for each database that
 * runs here. `runsHere`: names of the components that do.
 */
export function monitoringParts(plan: Plan, runsHere: ReadonlySet<string>): readonly MonitoringPart[] {
  const exporters = plan.scrapes.filter((scrape) => isScraped(scrape, plan, runsHere) && scrape.exporter !== null);
  return [
    ...exporters.map(({ exporter, component }) => ({ name: exporterName(component), exporter, of: component })),
    { name: PROMETHEUS, exporter: null, of: null },
  ];
}

/** The part that answers a scrape target on this machine. */
export function scrapedPart({ exporter, component }: ScrapeTarget): string {
  if (exporter !== null) return exporterName(component);
  return component ?? PROMETHEUS;
}

/** Whether a scrape target exists on this machine: it is one host, and a stand-in is not what the target tells of. */
export function isScraped({ exporter, host, component }: ScrapeTarget, plan: Plan, runsHere: ReadonlySet<string>): boolean {
  if (exporter === "node") return host === plan.monitoring?.on;
  return component === null || runsHere.has(component);
}

function exporterName(component: string | null): string {
  return component === null ? "node-exporter" : exporterNameOf(component);
}
