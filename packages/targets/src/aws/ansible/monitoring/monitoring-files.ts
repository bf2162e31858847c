import type { Plan } from "@groundplan/model";
import type { MonitoringContainer } from "../../../monitoring/containers/monitoring-container.js";
import { type AlarmReceiver, hostReach } from "../../../monitoring/reach.js";
import { renderMonitoring } from "../../../monitoring/render-monitoring.js";
import type { GeneratedFile } from "../../../target.js";
import { sendsAlarms } from "../../terraform/identity.js";

/** What stands in the files for outputs of Terraform, until they are written to the host. */
export const STAND_INS = { alarm_topic_arn: "ALARM-TOPIC-ARN", region: "ALARM-REGION" } as const;

/** To the SNS topic that the alarms of CloudWatch go to as well; mail could not leave the hosts. */
export function alarmReceiver(plan: Plan): AlarmReceiver {
  return sendsAlarms(plan) ? { kind: "sns", topicArn: STAND_INS.alarm_topic_arn, region: STAND_INS.region } : { kind: "none" };
}

/** What Prometheus, Alertmanager, Grafana and the blackbox exporter read, in the folders that they read it from. */
export function monitoringFiles(plan: Plan): readonly GeneratedFile[] {
  return renderMonitoring(plan, hostReach(plan, alarmReceiver(plan)));
}

/** Paths of the files that a container reads. */
export function filesRead({ volumes }: MonitoringContainer, plan: Plan): readonly string[] {
  const folders = volumes.filter(({ kind }) => kind === "files").map(({ source }) => `${source}/`);
  return folders.length === 0
    ? []
    : monitoringFiles(plan)
        .map(({ path }) => path)
        .filter((path) => folders.some((folder) => path.startsWith(folder)));
}
