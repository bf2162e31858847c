import type { Plan, PlannedHost } from "@groundplan/model";
import { componentContainers, withoutImage } from "../containers/component-containers.js";
import { type Container, type ContainerText, isOpenToPeople, PLAIN, SERVICE_TIMES } from "../containers/container.js";
import { secretSettings } from "../containers/settings.js";
import { type MonitoringContainer, monitoringContainers } from "../monitoring/containers.js";
import { type AlarmReceiver, hostReach } from "../monitoring/reach.js";
import { renderMonitoring } from "../monitoring/render-monitoring.js";
import type { GeneratedFile } from "../target.js";
import { type Variable, variablesOf } from "./terraform/variables.js";

/** What a plan means for machines that run its hosts: what Terraform makes and Ansible sets up, computed once. */
export interface HostsPlan {
  readonly plan: Plan;
  readonly hosts: readonly HostPlan[];
  /** In start order: of the components that an image can be had for, then what stands before them. */
  readonly containers: readonly Container[];
  /** The programs of monitoring, those of the monitoring host first; empty for a stack without. */
  readonly monitoring: readonly MonitoringContainer[];
  /** What they read. */
  readonly monitoringFiles: readonly GeneratedFile[];
  /** Names of services with a command only: they run on a laptop, and on no host. */
  readonly leftOut: readonly string[];
  /** Secret -> the variable that holds it. */
  readonly settings: ReadonlyMap<string, string>;
  /** What differs between two deployments of the stack, in the order of the file. */
  readonly variables: readonly Variable[];
  readonly cloudwatch: CloudwatchPlan;
}

export interface HostPlan extends PlannedHost {
  /** Its data must outlive the machine: Redis or PostgreSQL runs on it. So it has a volume of its own for that. */
  readonly hasData: boolean;
  /** Where its disks are mounted. */
  readonly mounts: readonly string[];
  /** Whether it can reach CloudWatch: a private host without a NAT gateway cannot. */
  readonly reports: boolean;
  /** Where Alertmanager sends alarms from. */
  readonly sendsAlarms: boolean;
  readonly instanceType: string;
}

/** What Terraform (alarms, dashboard) and Ansible (the agent) must say alike of CloudWatch. */
export interface CloudwatchPlan {
  /** Every figure that the agents send is in it. */
  readonly namespace: string;
  /**
   * What CloudWatch keeps the logs in, by name; empty for a stack without monitoring. Terraform makes them; each host writes into streams
   * of its own name. `metrics`: figures of services on their way through the logs, where alarms need any.
   */
  readonly logGroups: Readonly<Partial<Record<"system" | "containers" | "metrics", string>>>;
  /** Whether there is somebody to send alarms to: then there is a topic for them. */
  readonly sendsAlarms: boolean;
  /** What alarms watch of the stack's own flow; `null`: the stack says too little of it, or its hosts cannot send. */
  readonly pipeline: PipelineMetrics | null;
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

/** Where the data volume of a host is mounted. */
export const DATA_MOUNT = "/data";

/** What stands in the files of monitoring for outputs of Terraform, until they are written to the host. */
export const STAND_INS = { alarm_topic_arn: "ALARM-TOPIC-ARN", region: "ALARM-REGION" } as const;

export function hostsPlanOf(plan: Plan): HostsPlan {
  const sendsAlarms = plan.monitoring !== null && plan.monitoring.alarms !== null;
  const hosts = plan.hosts.map((host) => hostPlan(host, plan, sendsAlarms));
  // To the SNS topic that the alarms of CloudWatch go to as well; mail could not leave the hosts.
  const receiver: AlarmReceiver = sendsAlarms
    ? { kind: "sns", topicArn: STAND_INS.alarm_topic_arn, region: STAND_INS.region }
    : { kind: "none" };
  const reach = plan.monitoring === null ? null : hostReach(plan, receiver);
  const containers = [...componentContainers(plan), ...httpsProxies(plan)];
  const monitoring = monitoringContainers(plan, reach);
  const pages = monitoring.filter(isOpenToPeople).map(({ name }) => name);
  return {
    plan,
    hosts,
    containers,
    monitoring,
    monitoringFiles: reach === null ? [] : renderMonitoring(plan, reach),
    leftOut: withoutImage(plan),
    settings: secretSettings(plan.secrets, [...plan.components.map(({ name }) => name), ...pages]),
    variables: variablesOf(
      plan,
      hosts.filter(({ hasData }) => hasData).map(({ name }) => name),
    ),
    cloudwatch: cloudwatchPlan(plan, hosts, sendsAlarms),
  };
}

function hostPlan(host: PlannedHost, { components, aws, monitoring }: Plan, sendsAlarms: boolean): HostPlan {
  const hasData = components.some(({ name, kind }) => kind !== "service" && host.runs.includes(name));
  return {
    ...host,
    hasData,
    mounts: hasData ? ["/", DATA_MOUNT] : ["/"],
    reports: host.subnet === "public" || aws.nat,
    sendsAlarms: sendsAlarms && monitoring?.on === host.name,
    instanceType: aws.instanceTypes[host.name] ?? "",
  };
}

function cloudwatchPlan(plan: Plan, hosts: readonly HostPlan[], sendsAlarms: boolean): CloudwatchPlan {
  const pipeline = pipelineMetrics(plan, hosts);
  const name = (group: string) => `/groundplan/${plan.stack}/${group}`;
  const groups = { system: name("system"), containers: name("containers") };
  return {
    namespace: `Groundplan/${plan.stack}`,
    logGroups: plan.monitoring === null ? {} : pipeline === null ? groups : { ...groups, metrics: name("metrics") },
    sendsAlarms,
    pipeline,
  };
}

function pipelineMetrics({ pipeline, monitoring, components }: Plan, hosts: readonly HostPlan[]): PipelineMetrics | null {
  const last = pipeline?.levels.at(-1);
  if (monitoring === null || last === undefined || pipeline === null || pipeline.lag === null) return null;
  const { service, metric, drainedBy } = pipeline.lag;
  const senders = hosts.filter(({ reports }) => reports).flatMap(({ runs }) => runs);
  const isSent = [service, last.service].every((name) => components.some((component) => component.name === name) && senders.includes(name));
  if (!isSent) return null;
  return { lag: { service, metric }, done: { service: last.service, metric: last.metric }, drainedBy };
}

/** Gets its certificates from Let's Encrypt by itself and renews them. */
const IMAGE = "caddy:2.10.0-alpine";

/** With a domain, a proxy on each host with public services: it ends HTTPS for all of them, each under a name of its own. */
function httpsProxies({ aws, hosts, components }: Plan): readonly Container[] {
  const { domain } = aws;
  if (domain === null) return [];
  return hosts.flatMap(({ name: host }) => {
    const visited = components.filter((component) => component.host === host && component.public && component.port !== null);
    const sites = visited.map(({ name, port }) => siteOf(`${name}.${domain}`, host, port));
    if (sites.length === 0) return [];
    const isTaken = components.some((component) => component.name === `https-${host}`);
    return [httpsProxy(isTaken ? `https-proxy-${host}` : `https-${host}`, host, sites)];
  });
}

/** Streams of events pass at once: the proxy holds back nothing of them. */
function siteOf(name: string, host: string, port: number | null): ContainerText {
  return [text(`${name} {\n\treverse_proxy `), { kind: "address", host }, text(`:${port}\n}\n`)];
}

function httpsProxy(name: string, host: string, sites: readonly ContainerText[]): Container {
  return {
    ...PLAIN,
    name,
    role: "proxy",
    host,
    image: { kind: "ready", reference: IMAGE },
    command: ["sh", "-c", 'printf %s "$CADDYFILE" > /tmp/Caddyfile && exec caddy run --config /tmp/Caddyfile --adapter caddyfile'],
    env: { CADDYFILE: sites.flatMap((each, index) => (index === 0 ? each : [text("\n"), ...each])) },
    port: null,
    ports: [80, 443].map((port) => ({ inside: port, outside: port, for: "users" })),
    // Its certificates: Let's Encrypt gives out few for a name in a week.
    volumes: [{ kind: "data", source: `${name}-data`, target: "/data", readOnly: false, outlivesMachine: true }],
    writable: ["/tmp", "/config"],
    health: { test: ["CMD", "wget", "--quiet", "--output-document=/dev/null", "http://127.0.0.1:2019/config/"], ...SERVICE_TIMES },
    check: { kind: "process" },
    memoryMb: 128,
    // Its program is marked to need this one.
    capabilities: ["NET_BIND_SERVICE"],
  };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;
