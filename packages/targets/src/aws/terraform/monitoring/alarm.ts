import type { Plan } from "@groundplan/model";
import { type HclValue, raw } from "../hcl/hcl-value.js";
import { attribute, attributes, block, comment, gap, type HclItem } from "../hcl/render-hcl.js";
import { sendsAlarms } from "../identity.js";

export interface Alarm {
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
export function alarm(plan: Plan, { label, forEach, name, description, metric, queries = [], ...rest }: Alarm): HclItem {
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
    ...(sendsAlarms(plan) ? [gap, ...attributes({ alarm_actions: actions, ok_actions: actions })] : []),
    ...queries,
  );
}
