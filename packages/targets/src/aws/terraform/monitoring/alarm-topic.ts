import type { Plan } from "@groundplan/model";
import { raw } from "../hcl/hcl-value.js";
import { attributes, block, comment, type HclItem } from "../hcl/render-hcl.js";
import { policy, sendsAlarms } from "../identity.js";
import { reference } from "../labels.js";

const topic = reference("aws_sns_topic", "alarms", "arn");

/** Where alarms go, when the stack names somebody. */
export function alarmTopic(plan: Plan): readonly HclItem[] {
  if (!sendsAlarms(plan)) return [];
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
