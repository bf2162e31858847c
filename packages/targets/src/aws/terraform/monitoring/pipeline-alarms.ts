import type { Plan } from "@groundplan/model";
import { namespaceOf, type PipelineMetrics, pipelineMetrics, type ServiceMetric } from "../../cloudwatch.js";
import { attributes, block, type HclItem } from "../hcl/render-hcl.js";
import { type Alarm, alarm } from "./alarm.js";

const MINUTE = 60;
const OLDEST_SECONDS = 60;

/** The stack's own flow: what waits gets too old, or nobody works at it. */
export function pipelineAlarms(plan: Plan): readonly HclItem[] {
  const metrics = pipelineMetrics(plan);
  if (metrics === null) return [];
  return [queueAge(plan, metrics), stalled(plan, metrics)].map((each) => alarm(plan, each));
}

function queueAge(plan: Plan, { lag, done, drainedBy }: PipelineMetrics): Alarm {
  return {
    label: "queue_age",
    forEach: null,
    name: `${plan.stack}-queue-age`,
    description: `What waits for ${drainedBy} has waited for more than ${OLDEST_SECONDS} s, for 5 minutes.`,
    metric: {},
    queries: [
      // Little's law: the time in the queue is what is in it, divided by what leaves it a second.
      expression("age", "Seconds in the queue", `IF(done > 0, waiting * ${MINUTE} / done, 0)`),
      metricQuery(plan, "waiting", lag, "Average"),
      metricQuery(plan, "done", done, "Sum"),
    ],
    comparison: "GreaterThanThreshold",
    threshold: OLDEST_SECONDS,
    periods: 5,
    missing: "missing",
    why: ["Silence is no age. Who is silent is told by the alarm for stalled work and by those of the hosts."],
  };
}

function stalled(plan: Plan, { lag, done, drainedBy }: PipelineMetrics): Alarm {
  return {
    label: "stalled",
    forEach: null,
    name: `${plan.stack}-${drainedBy}-stalled`,
    description: `Something waits for ${drainedBy}, and nothing gets done, for 2 minutes; or ${lag.service} does not say what waits.`,
    metric: {},
    queries: [
      expression("stalled", "Stalled", "IF(waiting > 0 AND FILL(done, 0) == 0, 1, 0)"),
      metricQuery(plan, "waiting", lag, "Minimum"),
      metricQuery(plan, "done", done, "Sum"),
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

function metricQuery(plan: Plan, id: string, { service, metric }: ServiceMetric, stat: string): HclItem {
  const values = { namespace: namespaceOf(plan), metric_name: metric, dimensions: { service }, period: MINUTE, stat };
  return block("metric_query", [], ...attributes({ id }), block("metric", [], ...attributes(values)));
}
