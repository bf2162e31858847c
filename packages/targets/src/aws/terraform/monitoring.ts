import type { CloudwatchPlan, HostsPlan } from "../hosts-plan.js";
import { hostAlarms, pipelineAlarms } from "./alarms.js";
import {
  attribute,
  attributes,
  block,
  call,
  comment,
  type HclItem,
  type HclObject,
  type HclValue,
  heading,
  policy,
  raw,
  reference,
} from "./hcl.js";
import { instanceId } from "./hosts.js";

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

const topic = reference("aws_sns_topic", "alarms", "arn");

/** Where alarms go, when the stack names somebody. */
function alarmTopic({ plan, cloudwatch }: HostsPlan): readonly HclItem[] {
  if (!cloudwatch.sendsAlarms) return [];
  return [
    block("data", ["aws_caller_identity", "current"]),
    comment(
      "Not encrypted with a key of our own: it holds names of alarms and figures until they are sent, and they leave it as plain e-mail.",
      "(With AWS's own key for SNS, CloudWatch could not publish.)",
    ),
    block("resource", ["aws_sns_topic", "alarms"], ...attributes({ name: `${plan.stack}-alarms` })),
    block("resource", ["aws_sns_topic_policy", "alarms"], ...attributes({ arn: topic, policy: topicPolicy() })),
    comment("AWS sends a link for confirmation first. Until somebody opens it, no alarm arrives."),
    block(
      "resource",
      ["aws_sns_topic_subscription", "email"],
      ...attributes({ topic_arn: topic, protocol: "email", endpoint: raw("var.alarm_email") }),
    ),
  ];
}

/** Besides whom IAM lets: the alarms of this account. Nobody without TLS. */
function topicPolicy() {
  return policy(
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic,
      Condition: { StringEquals: { "aws:SourceAccount": raw("data.aws_caller_identity.current.account_id") } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topic,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
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
