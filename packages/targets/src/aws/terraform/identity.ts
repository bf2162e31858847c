import type { HostPlan, HostsPlan } from "../hosts-plan.js";
import { attribute, attributes, block, comment, type HclItem, heading, policy, raw, reference } from "./hcl.js";

const MANAGED_POLICIES: Readonly<Record<string, string>> = {
  cloudwatch: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
  session_manager: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
};

/** The key that operators come in with, and what hosts may do in the account. */
export function identityFile({ plan: { stack }, cloudwatch }: HostsPlan): readonly HclItem[] {
  return [
    ...heading("Who comes in, and what the hosts may do in the account: send figures and logs, and be reached by Session Manager."),
    block(
      "resource",
      ["aws_key_pair", "operator"],
      ...attributes({ key_name: `${stack}-operator`, public_key: raw("trimspace(var.ssh_public_key)") }),
    ),
    ...role(stack, "host", `Hosts of the stack ${stack}`),
    ...(cloudwatch.sendsAlarms ? monitoringRole(stack) : []),
  ];
}

/** Label of the instance profile that a host has: Alertmanager publishes to the alarm topic from the monitoring host. */
export function profileOf({ sendsAlarms }: HostPlan): string {
  return sendsAlarms ? "monitoring" : "host";
}

function monitoringRole(stack: string): readonly HclItem[] {
  const publish = { Effect: "Allow", Action: "sns:Publish", Resource: reference("aws_sns_topic", "alarms", "arn") };
  return [
    comment("A role of its own: only the host with Alertmanager may send alarms, and only to this stack's topic."),
    ...role(stack, "monitoring", `The monitoring host of the stack ${stack}`),
    block(
      "resource",
      ["aws_iam_role_policy", "send_alarms"],
      ...attributes({ name: "send-alarms", role: reference("aws_iam_role", "monitoring", "id"), policy: policy(publish) }),
    ),
  ];
}

function role(stack: string, label: string, description: string): readonly HclItem[] {
  const name = `${stack}-${label}`;
  const ec2 = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  const roleName = reference("aws_iam_role", label, "name");
  return [
    block("resource", ["aws_iam_role", label], ...attributes({ name, description, assume_role_policy: policy(ec2) })),
    ...Object.entries(MANAGED_POLICIES).map(([what, arn]) =>
      block("resource", ["aws_iam_role_policy_attachment", `${label}_${what}`], ...attributes({ role: roleName, policy_arn: arn })),
    ),
    block("resource", ["aws_iam_instance_profile", label], attribute("name", name), attribute("role", roleName)),
  ];
}

const topic = reference("aws_sns_topic", "alarms", "arn");

/** Where alarms go, when the stack names somebody. */
export function alarmTopic({ plan, cloudwatch }: HostsPlan): readonly HclItem[] {
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
