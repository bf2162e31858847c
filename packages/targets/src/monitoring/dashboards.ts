import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { postgresDashboard, redisDashboard } from "./databases.js";
import { infrastructureDashboard } from "./hosts.js";
import { pipelineDashboard } from "./pipeline.js";
import type { Watched } from "./watched.js";

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

export interface PanelExpression {
  readonly dashboard: string;
  readonly panel: string;
  /** As Prometheus takes it: what is chosen at the top of the dashboard is everything. */
  readonly expr: string;
}

/** Every query of every panel of a dashboard. */
export function queriesOf({ uid = "", panels = [], templating }: Dashboard): readonly PanelExpression[] {
  const names = (templating.list ?? []).map(({ name }) => name);
  return panels.flatMap((panel) => {
    const targets: readonly object[] = "targets" in panel ? (panel.targets ?? []) : [];
    return targets.map((target) => ({ dashboard: uid, panel: panel.title ?? "", expr: everything(exprOf(target), names) }));
  });
}

function exprOf(target: object): string {
  if (!("expr" in target) || typeof target.expr !== "string")
    throw new Error(`a panel asks Prometheus for nothing: ${JSON.stringify(target)}`);
  return target.expr;
}

function everything(expr: string, names: readonly string[]): string {
  return names.reduce((text, name) => text.replaceAll(`$${name}`, ".+"), expr);
}
