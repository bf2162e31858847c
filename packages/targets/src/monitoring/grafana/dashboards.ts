import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { PipelineDefinition } from "@groundplan/model";
import { ERRORS, LAG, LATENCY, LEVEL_MOVES, LEVEL_TOTAL, QUANTILES } from "../rules/pipeline-rules.js";
import { selector, type Watched } from "../watched.js";
import { dashboard, graph, numbers, type PanelQuery } from "./panels.js";
import { infrastructureDashboard, postgresDashboard, redisDashboard } from "./standard-dashboards.js";

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

/** The stack's own flow; `null` where it declares none. */
function pipelineDashboard({ plan }: Watched): Dashboard | null {
  const { pipeline } = plan;
  if (pipeline === null || pipeline.levels.length === 0) return null;
  const { levels, lag, latencies, errors } = pipeline;
  return dashboard({
    stack: plan.stack,
    topic: "pipeline",
    title: "pipeline",
    about: `From ${list(levels.map(({ name }) => name))}: the levels agree once everything has drained.`,
    panels: [
      ...levels.map(({ name }) =>
        numbers({
          title: name,
          about: `Total of the level "${name}", as its service tells it.`,
          unit: Short,
          queries: [{ expr: `${LEVEL_TOTAL}${selector({ level: name })}`, legend: name }],
          width: Math.max(2, Math.floor(24 / levels.length)),
        }),
      ),
      graph({
        title: "Rates",
        about: "How fast each level moves. One below the first for minutes: PipelineRatesApart; the last at zero: PipelineStalled.",
        unit: "cps",
        queries: levels.map(({ name }) => ({ expr: `${LEVEL_MOVES}${selector({ level: name })}`, legend: name })),
        width: 24,
      }),
      ...(lag === null ? [] : [lagPanel(lag)]),
      ...(errors.length === 0 ? [] : [errorPanel(errors)]),
      ...latencies.map(latencyPanel),
    ],
  });
}

function lagPanel({ drainedBy }: NonNullable<PipelineDefinition["lag"]>) {
  return graph({
    title: "Lag",
    about: `What waits for ${drainedBy}. Growing for minutes: PipelineLagGrowing; not moving: PipelineWorkerStalled.`,
    unit: Short,
    queries: [{ expr: LAG, legend: "waiting" }],
  });
}

function errorPanel(errors: PipelineDefinition["errors"]) {
  return graph({
    title: "Errors",
    about: "What went wrong, each second.",
    unit: "cps",
    queries: errors.map(({ name }) => ({ expr: `${ERRORS}${selector({ error: name })}`, legend: name })),
  });
}

function latencyPanel({ name }: PipelineDefinition["latencies"][number]) {
  return graph({
    title: `Time: ${name}`,
    about: "Half, 95% and 99% of all took less than this, over two minutes.",
    unit: Seconds,
    queries: QUANTILES.map(
      (quantile): PanelQuery => ({ expr: `${LATENCY}${selector({ latency: name, quantile })}`, legend: `p${Number(quantile) * 100}` }),
    ),
  });
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} to ${names.at(-1)}`;
}
