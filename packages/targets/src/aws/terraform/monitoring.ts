import type { CloudwatchPlan, HostsPlan, PipelineMetrics, ServiceMetric } from "../hosts-plan.js";
import { attribute, attributes, block, call, comment, gap, type HclItem, type HclObject, type HclValue, heading, raw } from "./hcl.js";
import { instanceId } from "./hosts.js";
import { alarmTopic } from "./identity.js";

/** CloudWatch's part of the monitoring: logs, alarms and a dashboard. Empty without `s.monitoring`. */
export function monitoringFile(hosts: HostsPlan): readonly HclItem[] {
  if (hosts.plan.monitoring === null) return [];
  return [
    ...heading(
      "What CloudWatch keeps and watches. The agent on each host sends figures and logs; Prometheus on the monitoring host is independent",
      "of it: this tells when a host or all of the monitoring is gone.",
    ),
    ...logGroups(hosts),
    ...alarmTopic(hosts),
    ...hostAlarms(hosts),
    ...pipelineAlarms(hosts),
    dashboard(hosts),
  ];
}

function logGroups({ cloudwatch }: HostsPlan): readonly HclItem[] {
  return Object.entries(cloudwatch.logGroups).map(([label, name]) =>
    block("resource", ["aws_cloudwatch_log_group", label], ...attributes({ name, retention_in_days: raw("var.log_retention_days") })),
  );
}

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
function dashboard(hosts: HostsPlan): HclItem {
  const widgets = graphsOf(hosts).map((graph, index) => widget(graph, index));
  return block(
    "resource",
    ["aws_cloudwatch_dashboard", "main"],
    attribute("dashboard_name", hosts.plan.stack),
    attribute("dashboard_body", call("jsonencode", { widgets })),
  );
}

function graphsOf({ hosts, cloudwatch }: HostsPlan): readonly Graph[] {
  const { namespace: space } = cloudwatch;
  const senders = hosts.filter(({ reports }) => reports);
  const ofHosts = (metric: string) => senders.map(({ name }): readonly HclValue[] => [space, metric, "host", name]);
  const disks = senders.flatMap((host) =>
    host.mounts.map((path): readonly HclValue[] => [space, "disk_used_percent", "host", host.name, "path", path]),
  );
  const cpus = hosts.map(({ name }): readonly HclValue[] => ["AWS/EC2", "CPUUtilization", "InstanceId", instanceId(name), { label: name }]);
  return [
    { title: "CPU", stat: "Average", metrics: cpus, isPercent: true },
    { title: "Memory used", stat: "Average", metrics: ofHosts("mem_used_percent"), isPercent: true },
    { title: "Disks used", stat: "Average", metrics: disks, isPercent: true },
    // A disk and an interface are dimensions too, with names that only the host knows.
    { title: "Disk, bytes read and written", stat: "Sum", metrics: searches(space, ["diskio_read_bytes", "diskio_write_bytes"]) },
    { title: "Network, bytes in and out", stat: "Sum", metrics: searches(space, ["net_bytes_recv", "net_bytes_sent"]) },
    { title: "Processes", stat: "Maximum", metrics: ofHosts("processes_total") },
    ...pipelineGraph(cloudwatch),
  ];
}

function searches(space: string, metrics: readonly string[]): readonly (readonly HclValue[])[] {
  return metrics.map((metric, index) => [
    { id: `s${index}`, expression: `SEARCH('Namespace="${space}" MetricName="${metric}"', 'Sum', 300)` },
  ]);
}

function pipelineGraph({ namespace: space, pipeline }: CloudwatchPlan): readonly Graph[] {
  if (pipeline === null) return [];
  const { lag, done } = pipeline;
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

const FIVE_MINUTES = 300;

/** For each host: CPU, memory, disks, and whether it is there at all. */
function hostAlarms(plan: HostsPlan): readonly HclItem[] {
  const { hosts } = plan;
  const senders = hosts.filter(({ reports }) => reports);
  const disks = senders.flatMap((host) =>
    host.mounts.map((path): readonly [string, HclObject] => [`${host.name} ${path}`, { host: host.name, path }]),
  );
  return [
    block(
      "locals",
      [],
      attribute("instances", Object.fromEntries(hosts.map(({ name }) => [name, instanceId(name)]))),
      ...(senders.length === hosts.length
        ? []
        : [
            comment(
              "Without a way out to the internet, the agents of the other hosts cannot send: nothing can be said of their memory and disks.",
            ),
          ]),
      attribute(
        "reporting_hosts",
        call(
          "toset",
          senders.map(({ name }) => name),
        ),
      ),
      attribute("disks", Object.fromEntries(disks)),
    ),
    ...[statusAlarm(plan), cpuAlarm(plan), memoryAlarm(plan), diskAlarm(plan)].map((each) => alarm(plan, each)),
  ];
}

/** Text with references in it. */
const template = (text: string): HclValue => raw(`"${text}"`);

function statusAlarm({ plan: { stack } }: HostsPlan): Alarm {
  return {
    label: "status",
    forEach: raw("local.instances"),
    name: template(`${stack}-\${each.key}-status`),
    description: template(`Host \${each.key} fails AWS's status checks, or is stopped.`),
    metric: ec2Metric("StatusCheckFailed", "Maximum", 60),
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    periods: 2,
    missing: "breaching",
    why: ["A host that is stopped or gone is not checked at all: that silence is what this alarm is for."],
  };
}

function cpuAlarm({ plan: { stack } }: HostsPlan): Alarm {
  return {
    label: "cpu",
    forEach: raw("local.instances"),
    name: template(`${stack}-\${each.key}-cpu`),
    description: template(`The CPU of host \${each.key} was over 80 % for 10 minutes.`),
    metric: ec2Metric("CPUUtilization", "Average", FIVE_MINUTES),
    comparison: "GreaterThanThreshold",
    threshold: 80,
    periods: 2,
    missing: "missing",
    why: ["EC2 itself measures it. When it stops, the host is down, and the status alarm says so."],
  };
}

function memoryAlarm({ plan, cloudwatch }: HostsPlan): Alarm {
  return {
    label: "memory",
    forEach: raw("local.reporting_hosts"),
    name: template(`${plan.stack}-\${each.key}-memory`),
    description: template(`The memory of host \${each.key} was over 85 % for 10 minutes, or its CloudWatch agent is silent.`),
    metric: agentMetric(cloudwatch, "mem_used_percent", { host: raw("each.key") }),
    comparison: "GreaterThanThreshold",
    threshold: 85,
    periods: 2,
    missing: "breaching",
    why: ["A silent agent leaves the host unwatched, so its silence alarms. Of the agent's figures only this one: one message is enough."],
  };
}

function diskAlarm({ plan, cloudwatch }: HostsPlan): Alarm {
  return {
    label: "disk",
    forEach: raw("local.disks"),
    name: template(`${plan.stack}-\${each.value.host}-disk \${each.value.path}`),
    description: template(`The disk of host \${each.value.host} at \${each.value.path} is over 85 % full.`),
    metric: agentMetric(cloudwatch, "disk_used_percent", { host: raw("each.value.host"), path: raw("each.value.path") }),
    comparison: "GreaterThanThreshold",
    threshold: 85,
    periods: 1,
    missing: "missing",
    why: ["A silent agent is what the memory alarm tells."],
  };
}

function ec2Metric(name: string, statistic: string, seconds: number): Alarm["metric"] {
  return { namespace: "AWS/EC2", metric_name: name, dimensions: { InstanceId: raw("each.value") }, statistic, period: seconds };
}

function agentMetric({ namespace }: CloudwatchPlan, name: string, dimensions: HclObject): Alarm["metric"] {
  return { namespace, metric_name: name, dimensions, statistic: "Average", period: FIVE_MINUTES };
}

const MINUTE = 60;
const OLDEST_SECONDS = 60;

/** The stack's own flow: what waits gets too old, or nobody works at it. */
function pipelineAlarms(hosts: HostsPlan): readonly HclItem[] {
  const metrics = hosts.cloudwatch.pipeline;
  if (metrics === null) return [];
  return [queueAge(hosts, metrics), stalled(hosts, metrics)].map((each) => alarm(hosts, each));
}

function queueAge({ plan, cloudwatch }: HostsPlan, { lag, done, drainedBy }: PipelineMetrics): Alarm {
  return {
    label: "queue_age",
    forEach: null,
    name: `${plan.stack}-queue-age`,
    description: `What waits for ${drainedBy} has waited for more than ${OLDEST_SECONDS} s, for 5 minutes.`,
    metric: {},
    queries: [
      // Little's law: the time in the queue is what is in it, divided by what leaves it a second.
      expression("age", "Seconds in the queue", `IF(done > 0, waiting * ${MINUTE} / done, 0)`),
      metricQuery(cloudwatch, "waiting", lag, "Average"),
      metricQuery(cloudwatch, "done", done, "Sum"),
    ],
    comparison: "GreaterThanThreshold",
    threshold: OLDEST_SECONDS,
    periods: 5,
    missing: "missing",
    why: ["Silence is no age. Who is silent is told by the alarm for stalled work and by those of the hosts."],
  };
}

function stalled({ plan, cloudwatch }: HostsPlan, { lag, done, drainedBy }: PipelineMetrics): Alarm {
  return {
    label: "stalled",
    forEach: null,
    name: `${plan.stack}-${drainedBy}-stalled`,
    description: `Something waits for ${drainedBy}, and nothing gets done, for 2 minutes; or ${lag.service} does not say what waits.`,
    metric: {},
    queries: [
      expression("stalled", "Stalled", "IF(waiting > 0 AND FILL(done, 0) == 0, 1, 0)"),
      metricQuery(cloudwatch, "waiting", lag, "Minimum"),
      metricQuery(cloudwatch, "done", done, "Sum"),
    ],
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    periods: 2,
    missing: "breaching",
    why: [`When ${lag.service} does not say what waits, nobody knows whether anything is lost: that must be looked at.`],
  };
}

function expression(id: string, label: string, text: string): HclItem {
  return block("metric_query", [], ...attributes({ id, label, expression: text, return_data: true }));
}

function metricQuery({ namespace }: CloudwatchPlan, id: string, { service, metric }: ServiceMetric, stat: string): HclItem {
  const values = { namespace, metric_name: metric, dimensions: { service }, period: MINUTE, stat };
  return block("metric_query", [], ...attributes({ id }), block("metric", [], ...attributes(values)));
}

/** How many alarms these are: AWS bills each. */
export function countAlarms({ plan, hosts, cloudwatch }: HostsPlan): number {
  if (plan.monitoring === null) return 0;
  const senders = hosts.filter(({ reports }) => reports);
  const disks = senders.flatMap(({ mounts }) => mounts).length;
  return 2 * hosts.length + senders.length + disks + (cloudwatch.pipeline === null ? 0 : 2);
}

interface Alarm {
  readonly label: string;
  /** What it is made for each of: a map or a set. `null`: there is one. */
  readonly forEach: HclValue;
  readonly name: HclValue;
  readonly description: HclValue;
  /** The metric, or nothing where `queries` computes the value. */
  readonly metric: Readonly<Record<string, HclValue>>;
  readonly queries?: readonly HclItem[];
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold";
  readonly threshold: number;
  /** How many periods in a row. */
  readonly periods: number;
  readonly missing: "breaching" | "missing" | "notBreaching";
  /** Why missing figures mean that. */
  readonly why: readonly string[];
}

/** An alarm of CloudWatch. Its end is told too. */
function alarm({ cloudwatch }: HostsPlan, { label, forEach, name, description, metric, queries = [], ...rest }: Alarm): HclItem {
  const actions: HclValue = [raw("aws_sns_topic.alarms.arn")];
  return block(
    "resource",
    ["aws_cloudwatch_metric_alarm", label],
    ...(forEach === null ? [] : [attribute("for_each", forEach), gap]),
    ...attributes({ alarm_name: name, alarm_description: description }),
    gap,
    ...(Object.keys(metric).length === 0 ? [] : [...attributes(metric), gap]),
    ...attributes({ comparison_operator: rest.comparison, threshold: rest.threshold, evaluation_periods: rest.periods }),
    gap,
    comment(...rest.why),
    attribute("treat_missing_data", rest.missing),
    ...(cloudwatch.sendsAlarms ? [gap, ...attributes({ alarm_actions: actions, ok_actions: actions })] : []),
    ...queries,
  );
}
