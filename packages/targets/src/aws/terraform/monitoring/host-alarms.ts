import type { Plan } from "@groundplan/model";
import { mountsOf, namespaceOf, reportingHosts } from "../../cloudwatch.js";
import { call, type HclObject, type HclValue, raw } from "../hcl/hcl-value.js";
import { attribute, block, comment, type HclItem } from "../hcl/render-hcl.js";
import { labelOf, reference } from "../labels.js";
import { type Alarm, alarm } from "./alarm.js";

const FIVE_MINUTES = 300;

/** For each host: CPU, memory, disks, and whether it is there at all. */
export function hostAlarms(plan: Plan): readonly HclItem[] {
  const { hosts } = plan;
  const senders = reportingHosts(plan);
  const disks = senders.flatMap((host) =>
    mountsOf(plan, host).map((path): readonly [string, HclObject] => [`${host.name} ${path}`, { host: host.name, path }]),
  );
  return [
    block(
      "locals",
      [],
      attribute("instances", Object.fromEntries(hosts.map(({ name }) => [name, reference("aws_instance", labelOf(name), "id")]))),
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

function statusAlarm({ stack }: Plan): Alarm {
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

function cpuAlarm({ stack }: Plan): Alarm {
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

function memoryAlarm(plan: Plan): Alarm {
  return {
    label: "memory",
    forEach: raw("local.reporting_hosts"),
    name: template(`${plan.stack}-\${each.key}-memory`),
    description: template(`The memory of host \${each.key} was over 85 % for 10 minutes, or its CloudWatch agent is silent.`),
    metric: agentMetric(plan, "mem_used_percent", { host: raw("each.key") }),
    comparison: "GreaterThanThreshold",
    threshold: 85,
    periods: 2,
    missing: "breaching",
    why: ["A silent agent leaves the host unwatched, so its silence alarms. Of the agent's figures only this one: one message is enough."],
  };
}

function diskAlarm(plan: Plan): Alarm {
  return {
    label: "disk",
    forEach: raw("local.disks"),
    name: template(`${plan.stack}-\${each.value.host}-disk \${each.value.path}`),
    description: template(`The disk of host \${each.value.host} at \${each.value.path} is over 85 % full.`),
    metric: agentMetric(plan, "disk_used_percent", { host: raw("each.value.host"), path: raw("each.value.path") }),
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

function agentMetric(plan: Plan, name: string, dimensions: HclObject): Alarm["metric"] {
  return { namespace: namespaceOf(plan), metric_name: name, dimensions, statistic: "Average", period: FIVE_MINUTES };
}
