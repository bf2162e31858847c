import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

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
