import { type Exporter, exporterNameOf, type Plan, type ScrapeTarget, UserError } from "@groundplan/model";
import { findProgram } from "../processes/find-program.js";

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

/** The programs of this machine that monitoring runs, by path. An exporter that is not installed is missing. */
export interface MonitoringPrograms {
  readonly prometheus: string;
  readonly exporters: ReadonlyMap<Exporter, string>;
}

/** As Debian and Ubuntu name them, and as their authors do. */
const EXPORTERS: Readonly<Record<Exporter, readonly string[]>> = {
  node: ["prometheus-node-exporter", "node_exporter"],
  redis: ["prometheus-redis-exporter", "redis_exporter"],
  postgres: ["prometheus-postgres-exporter", "postgres_exporter"],
};

/** The package of Debian and Ubuntu that has an exporter. */
export const exporterPackage = (exporter: Exporter): string => `prometheus-${exporter}-exporter`;

/** @throws UserError when this machine has no Prometheus. */
export function findMonitoringPrograms(searchPath: string | undefined = process.env.PATH): MonitoringPrograms {
  const prometheus = findProgram("prometheus", ".", searchPath);
  if (prometheus === null) {
    throw new UserError({
      message: "--monitoring needs Prometheus, and this machine has none (looked for prometheus in PATH)",
      fix: "install it (Debian and Ubuntu: apt-get install prometheus; macOS: brew install prometheus), or leave out --monitoring",
    });
  }
  const exporters = new Map<Exporter, string>();
  for (const [exporter, names] of Object.entries(EXPORTERS) as [Exporter, readonly string[]][]) {
    const found = names.map((name) => findProgram(name, ".", searchPath)).find((path) => path !== null);
    if (found !== undefined) exporters.set(exporter, found);
  }
  return { prometheus, exporters };
}
