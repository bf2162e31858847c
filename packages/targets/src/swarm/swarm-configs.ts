import type { MonitoringPart } from "../containers/monitoring-parts.js";
import { markOf, shortNames } from "../containers/short-names.js";

/** A file that Swarm hands to the nodes itself: no node has to have it. */
export interface SwarmConfig {
  /** It has a mark of the contents: Swarm never changes a config, so that another one takes its place. */
  readonly name: string;
  /** The program of monitoring that reads it. */
  readonly part: string;
  /** Beside stack.yaml. */
  readonly path: string;
  /** In the container. */
  readonly target: string;
}

export function swarmConfigs(parts: readonly MonitoringPart[], longestName: number): readonly SwarmConfig[] {
  const files = parts.flatMap(({ name, files }) =>
    files.map(({ path, target, text }) => ({ part: name, path, target, wanted: `${nameOf(path)}-${markOf(text)}` })),
  );
  // What was too long is cut, and marked by all of it.
  const names = shortNames(
    files.map(({ wanted }) => ({ identity: wanted, wanted })),
    longestName,
  );
  return files.map(({ part, path, target, wanted }) => ({ name: names.get(wanted) ?? "", part, path, target }));
}

/** @example nameOf("grafana/dashboards/redis.json")   // "dashboards-redis" */
function nameOf(path: string): string {
  return path
    .replace(/\.\w+$/, "")
    .split("/")
    .slice(-2)
    .join("-");
}
