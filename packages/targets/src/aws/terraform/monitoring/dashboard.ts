import type { Plan } from "@groundplan/model";
import { mountsOf, namespaceOf, pipelineMetrics, reportingHosts } from "../../cloudwatch.js";
import { call, type HclObject, type HclValue, raw } from "../hcl/hcl-value.js";
import { attribute, block, type HclItem } from "../hcl/render-hcl.js";
import { labelOf, reference } from "../labels.js";

const WIDTH = 12;
const HEIGHT = 6;

interface Graph {
  readonly title: string;
  readonly stat: "Average" | "Sum" | "Maximum";
  readonly metrics: readonly (readonly HclValue[])[];
  /** Percentages go from 0 to 100 on every graph. */
  readonly isPercent?: boolean;
}

/** One page for all hosts: what the agents send, and the stack's own flow. */
export function dashboard(plan: Plan): HclItem {
  const widgets = graphsOf(plan).map((graph, index) => widget(graph, index));
  return block(
    "resource",
    ["aws_cloudwatch_dashboard", "main"],
    attribute("dashboard_name", plan.stack),
    attribute("dashboard_body", call("jsonencode", { widgets })),
  );
}

function graphsOf(plan: Plan): readonly Graph[] {
  const space = namespaceOf(plan);
  const hosts = reportingHosts(plan);
  const ofHosts = (metric: string) => hosts.map(({ name }): readonly HclValue[] => [space, metric, "host", name]);
  const disks = hosts.flatMap((host) =>
    mountsOf(plan, host).map((path): readonly HclValue[] => [space, "disk_used_percent", "host", host.name, "path", path]),
  );
  const cpus = plan.hosts.map(({ name }): readonly HclValue[] => [
    "AWS/EC2",
    "CPUUtilization",
    "InstanceId",
    reference("aws_instance", labelOf(name), "id"),
    { label: name },
  ]);
  return [
    { title: "CPU", stat: "Average", metrics: cpus, isPercent: true },
    { title: "Memory used", stat: "Average", metrics: ofHosts("mem_used_percent"), isPercent: true },
    { title: "Disks used", stat: "Average", metrics: disks, isPercent: true },
    // A disk and an interface are dimensions too, with names that only the host knows.
    { title: "Disk, bytes read and written", stat: "Sum", metrics: searches(space, ["diskio_read_bytes", "diskio_write_bytes"]) },
    { title: "Network, bytes in and out", stat: "Sum", metrics: searches(space, ["net_bytes_recv", "net_bytes_sent"]) },
    { title: "Processes", stat: "Maximum", metrics: ofHosts("processes_total") },
    ...pipelineGraph(plan),
  ];
}

function searches(space: string, metrics: readonly string[]): readonly (readonly HclValue[])[] {
  return metrics.map((metric, index) => [
    { id: `s${index}`, expression: `SEARCH('Namespace="${space}" MetricName="${metric}"', 'Sum', 300)` },
  ]);
}

function pipelineGraph(plan: Plan): readonly Graph[] {
  const metrics = pipelineMetrics(plan);
  if (metrics === null) return [];
  const { lag, done } = metrics;
  const space = namespaceOf(plan);
  return [
    {
      title: "Waiting, and done in each period",
      stat: "Sum",
      metrics: [
        [space, lag.metric, "service", lag.service, { stat: "Maximum" }],
        [space, done.metric, "service", done.service],
      ],
    },
  ];
}

/** Two in a row. */
function widget({ title, stat, metrics, isPercent = false }: Graph, index: number): HclObject {
  return {
    type: "metric",
    x: (index % 2) * WIDTH,
    y: Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      region: raw("var.region"),
      stat,
      period: 300,
      metrics,
      ...(isPercent ? { yAxis: { left: { min: 0, max: 100 } } } : {}),
    },
  };
}
