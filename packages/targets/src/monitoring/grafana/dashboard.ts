import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DATA_SOURCE } from "./panel.js";

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
