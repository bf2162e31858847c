import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** The data source that Grafana is provisioned with. */
export const DATA_SOURCE = { type: "prometheus", uid: "prometheus" } as const;

export interface PanelSpec {
  readonly title: string;
  /** What one sees, and what is good. */
  readonly about: string;
  /** One of Grafana's units. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** The limit of the alert that belongs to it. */
  readonly limit?: number;
  /** Top of the scale. */
  readonly most?: number;
  /** Columns of 24. Default: 12, and 4 for a number. */
  readonly width?: number;
}

export interface PanelQuery {
  readonly expr: string;
  /** With labels in double braces. */
  readonly legend: string;
}

const GOOD = "green";
const BAD = "red";

/** Lines over time. */
export function graph({ title, about, unit, queries, limit, most, width = 12 }: PanelSpec): Builder<Panel> {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(about)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .min(0)
    .span(width)
    .height(8)
    .lineWidth(2)
    .fillOpacity(8)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .targets(queries.map(targetOf));
  if (most !== undefined) panel.max(most);
  if (limit === undefined) return panel;
  return panel.thresholds(thresholds(limit)).thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** Numbers as they are now. `limit`: from there on it is bad. */
export function numbers({ title, about, unit, queries, limit, width = 4 }: PanelSpec): Builder<Panel> {
  const panel = new StatBuilder()
    .title(title)
    .description(about)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .span(width)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .targets(queries.map(targetOf));
  return limit === undefined ? panel : panel.thresholds(thresholds(limit));
}

function thresholds(limit: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: GOOD },
    { value: limit, color: BAD },
  ]);
}

function targetOf({ expr, legend }: PanelQuery, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + index))
    .datasource(DATA_SOURCE)
    .expr(expr)
    .legendFormat(legend)
    .range();
}

export interface DashboardSpec {
  readonly stack: string;
  /** Also the name of its file. */
  readonly topic: string;
  readonly title: string;
  readonly about: string;
  /** A label to choose from at the top: panels ask for it as $name; `of`: a metric that has it. */
  readonly choice?: { readonly label: string; readonly of: string };
  readonly panels: readonly Builder<Panel>[];
}

/** Common to all dashboards of a stack, so that each leads to the others. */
const TAG = "groundplan";

export function dashboard({ stack, topic, title, about, choice, panels }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(`${stack}: ${title}`)
    .uid(`groundplan-${topic}`)
    .description(about)
    .tags([TAG, stack])
    .timezone("browser")
    .refresh("10s")
    .time({ from: "now-1h", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(new DashboardLinkBuilder("Dashboards").type(DashboardLinkType.Dashboards).tags([TAG]).keepTime(true).includeVars(true));
  if (choice !== undefined) builder.withVariable(choiceOf(choice.label, choice.of));
  for (const [index, panel] of panels.entries()) builder.withPanel(numbered(panel, index + 1));
  return builder.build();
}

/** Links to a panel, and its alerts, hold on to its number. */
function numbered(panel: Builder<Panel>, id: number): Builder<Panel> {
  return { build: () => ({ ...panel.build(), id }) };
}

function choiceOf(label: string, metric: string): QueryVariableBuilder {
  const everything = { text: "All", value: "$__all", selected: true };
  return new QueryVariableBuilder(label)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(`label_values(${metric}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current(everything);
}
