import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Watched } from "../watched.js";
import { infrastructureDashboard } from "./infrastructure-dashboard.js";
import { pipelineDashboard } from "./pipeline-dashboard.js";
import { postgresDashboard } from "./postgres-dashboard.js";
import { redisDashboard } from "./redis-dashboard.js";

/** Dashboard by the name of its file, without the ending. One whose subject the stack has not is left out. */
export function dashboardsOf(watched: Watched): ReadonlyMap<string, Dashboard> {
  const all: readonly (readonly [string, Dashboard | null])[] = [
    ["infrastructure", infrastructureDashboard(watched)],
    ["pipeline", pipelineDashboard(watched)],
    ["redis", redisDashboard(watched)],
    ["postgresql", postgresDashboard(watched)],
  ];
  return new Map(all.flatMap(([name, dashboard]) => (dashboard === null ? [] : [[name, dashboard]])));
}
