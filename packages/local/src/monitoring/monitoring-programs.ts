import type { Exporter } from "@groundplan/model";
import { UserError } from "@groundplan/model";
import { findProgram } from "../processes/find-program.js";

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
