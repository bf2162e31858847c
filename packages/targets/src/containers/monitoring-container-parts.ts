import { quoted, type YamlValue } from "../yaml/yaml-value.js";
import { type ContainerHealth, SERVICE_TIMES } from "./container-health.js";
import { list } from "./container-notes.js";
import { literal } from "./interpolation.js";
import type { MonitoringPart } from "./monitoring-parts.js";

/** Parts that Compose and Swarm files write alike for the programs of monitoring. */

export function monitoringHealth({ healthCommand }: MonitoringPart): ContainerHealth {
  return { test: ["CMD", ...healthCommand], ...SERVICE_TIMES };
}

export function monitoringCommand({ arguments: words }: MonitoringPart): YamlValue | undefined {
  return words.length === 0 ? undefined : words.map((word) => quoted(literal(word)));
}

/** The data that is kept and what it sees of the host, in the short form. */
export function monitoringVolumes({ volumes }: MonitoringPart): readonly YamlValue[] {
  return volumes.map(({ source, target, readOnly }) => `${source}:${target}${readOnly ? ":ro" : ""}`);
}

/** Names of the volumes that keep data. */
export function dataVolumesOf(parts: readonly MonitoringPart[]): readonly string[] {
  return parts.flatMap(({ volumes }) => volumes.filter(({ kind }) => kind === "data").map(({ source }) => source));
}

/** What it is there for. */
export function aboutMonitoring({ name, reaches, seesHost }: MonitoringPart): string {
  if (seesHost) return "Monitoring: tells of the machine, whose file system it reads. Of its network it cannot tell.";
  switch (name) {
    case "prometheus":
      return `Monitoring: reads ${list(reaches.slice(0, -1))}, and gives alerts to ${reaches.at(-1)}.`;
    case "alertmanager":
      return "Monitoring: tells people of alerts.";
    case "grafana":
      return "Monitoring: dashboards. It has no account: who reaches it may look, and change nothing.";
    default:
      return `Monitoring: tells Prometheus of ${list(reaches)}.`;
  }
}
