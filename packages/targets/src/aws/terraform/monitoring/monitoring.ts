import type { Plan } from "@groundplan/model";
import { logGroupsOf, mountsOf, pipelineMetrics, reportingHosts } from "../../cloudwatch.js";
import { raw } from "../hcl/hcl-value.js";
import { attributes, block, type HclItem, heading } from "../hcl/render-hcl.js";
import { alarmTopic } from "./alarm-topic.js";
import { dashboard } from "./dashboard.js";
import { hostAlarms } from "./host-alarms.js";
import { pipelineAlarms } from "./pipeline-alarms.js";

/** CloudWatch's part of the monitoring: logs, alarms and a dashboard. Empty without `s.monitoring`. */
export function monitoringFile(plan: Plan): readonly HclItem[] {
  if (plan.monitoring === null) return [];
  return [
    ...heading(
      "What CloudWatch keeps and watches. The agent on each host sends figures and logs; Prometheus on the monitoring host is independent",
      "of it: this tells when a host or all of the monitoring is gone.",
    ),
    ...logGroups(plan),
    ...alarmTopic(plan),
    ...hostAlarms(plan),
    ...pipelineAlarms(plan),
    dashboard(plan),
  ];
}

function logGroups(plan: Plan): readonly HclItem[] {
  return Object.entries(logGroupsOf(plan)).map(([label, name]) =>
    block("resource", ["aws_cloudwatch_log_group", label], ...attributes({ name, retention_in_days: raw("var.log_retention_days") })),
  );
}

/** How many alarms these are: AWS bills each. */
export function countAlarms(plan: Plan): number {
  if (plan.monitoring === null) return 0;
  const senders = reportingHosts(plan);
  const disks = senders.flatMap((host) => mountsOf(plan, host)).length;
  return 2 * plan.hosts.length + senders.length + disks + (pipelineMetrics(plan) === null ? 0 : 2);
}
