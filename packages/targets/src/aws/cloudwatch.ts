import type { Plan, PlannedHost } from "@groundplan/model";
import { DATA_MOUNT, hasDataVolume } from "./data-volume.js";

/** What Terraform (alarms, dashboard) and Ansible (the agent) must say alike of CloudWatch. */

/** Every figure that the agents send is in it. */
export const namespaceOf = ({ stack }: Plan): string => `Groundplan/${stack}`;

/** What CloudWatch keeps the logs in; `metrics`: figures of services on their way through the logs, where alarms need any. */
export interface LogGroups {
  readonly system: string;
  readonly containers: string;
  readonly metrics?: string;
}

/** Names of the log groups. Terraform makes them; each host writes into streams of its own name. */
export function logGroupsOf(plan: Plan): LogGroups {
  const name = (group: keyof LogGroups) => `/groundplan/${plan.stack}/${group}`;
  const groups = { system: name("system"), containers: name("containers") };
  return pipelineMetrics(plan) === null ? groups : { ...groups, metrics: name("metrics") };
}

/** The hosts whose agent can reach CloudWatch: a private host without a NAT gateway cannot. */
export function reportingHosts({ hosts, aws }: Plan): readonly PlannedHost[] {
  return hosts.filter(({ subnet }) => subnet === "public" || aws.nat);
}

/** Where the disks of a host are mounted: the dimension `path` of its figures. */
export function mountsOf(plan: Plan, host: PlannedHost): readonly string[] {
  return hasDataVolume(plan, host) ? ["/", DATA_MOUNT] : ["/"];
}

/** A figure of a service, with the dimension `service`. A counter is sent as what it grew by. */
export interface ServiceMetric {
  readonly service: string;
  readonly metric: string;
}

export interface PipelineMetrics {
  /** What waits. */
  readonly lag: ServiceMetric;
  /** What was done: the last level. */
  readonly done: ServiceMetric;
  /** Who does it. */
  readonly drainedBy: string;
}

/** What alarms watch of the stack's own flow; `null`: the stack says too little of it, or its hosts cannot send. */
export function pipelineMetrics(plan: Plan): PipelineMetrics | null {
  const { pipeline, monitoring, components } = plan;
  const last = pipeline?.levels.at(-1);
  if (monitoring === null || last === undefined || pipeline === null || pipeline.lag === null) return null;
  const { service, metric, drainedBy } = pipeline.lag;
  const senders = reportingHosts(plan).flatMap(({ runs }) => runs);
  const isSent = [service, last.service].every((name) => components.some((component) => component.name === name) && senders.includes(name));
  if (!isSent) return null;
  return { lag: { service, metric }, done: { service: last.service, metric: last.metric }, drainedBy };
}
