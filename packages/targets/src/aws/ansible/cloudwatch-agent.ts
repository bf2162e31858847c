import type { GeneratedFile } from "../../target.js";
import { inline, map, quoted, renderYaml } from "../../text/yaml.js";
import type { HostPlan, HostsPlan, ServiceMetric } from "../hosts-plan.js";
import { plainScalar, shipped } from "./playbooks.js";

/** What sets up the CloudWatch agent: playbook, tasks, and its configuration for each host; none for a stack without monitoring. */
export function cloudwatchFiles(plan: HostsPlan): readonly GeneratedFile[] {
  if (plan.monitoring.length === 0) return [];
  const hosts = plan.hosts.filter(({ reports }) => reports);
  return [
    { path: "playbooks/setup-cloudwatch.yml", text: setupCloudwatch(plan, hosts) },
    { path: "tasks/install-cloudwatch-agent.yml", text: shipped("tasks/install-cloudwatch-agent.yml") },
    ...hosts.map((host) => ({ path: `cloudwatch/${host.name}.json`, text: `${JSON.stringify(agentConfig(plan, host), null, 2)}\n` })),
    ...hosts
      .filter((host) => metricsOfHost(plan, host).length > 0)
      .map((host) => ({ path: `cloudwatch/${host.name}.scrape.yml.j2`, text: renderScrapeConfig(plan, host) })),
  ];
}

function setupCloudwatch(plan: HostsPlan, hosts: readonly HostPlan[]): string {
  const namesOf = (some: readonly HostPlan[]) => some.map(({ name }) => plainScalar(name)).join(", ");
  return shipped("playbooks/setup-cloudwatch.yml", {
    REPORTING_HOSTS: namesOf(hosts),
    SCRAPING_HOSTS: namesOf(hosts.filter((host) => metricsOfHost(plan, host).length > 0)),
    LOG_GROUPS: Object.values(plan.cloudwatch.logGroups).join(", "),
    AGENT_FOLDER,
    SCRAPE_FILE,
  });
}

/** The folder of the agent's configuration on a host. */
const AGENT_FOLDER = "/opt/aws/amazon-cloudwatch-agent/etc";
/** What the agent reads of the services of its host: see scrape-config.ts. */
const SCRAPE_FILE = "groundplan-scrape.yml";

const SECONDS = 60;

/**
 * The configuration of the CloudWatch agent of a host: figures with exactly the dimensions that alarms and dashboard read, and logs. Fields:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function agentConfig(plan: HostsPlan, host: HostPlan): object {
  const { namespace, logGroups: groups } = plan.cloudwatch;
  const metrics = metricsOfHost(plan, host);
  return {
    // Root, since the logs of containers are readable for nobody else. Its own name of the host is Amazon's, not the stack's.
    agent: { metrics_collection_interval: SECONDS, omit_hostname: true, run_as_user: "root" },
    metrics: {
      namespace,
      // Disks come with their device and file system, which no alarm can know.
      aggregation_dimensions: [["host", "path"]],
      metrics_collected: hostMetrics(host),
    },
    logs: {
      log_stream_name: host.name,
      logs_collected: {
        files: {
          collect_list: [
            systemLog(groups.system ?? "", host, "syslog"),
            systemLog(groups.system ?? "", host, "auth.log"),
            {
              file_path: "/var/lib/docker/containers/*/*-json.log",
              // A stream for each container; its lines are JSON and say in attrs.tag which one it is.
              publish_multi_logs: true,
              log_group_name: groups.containers,
              log_stream_name: host.name,
            },
          ],
        },
      },
      ...(metrics.length === 0 || groups.metrics === undefined
        ? {}
        : { metrics_collected: { prometheus: pipeline(plan, metrics, groups.metrics) } }),
    },
  };
}

/** What services of this host tell of the stack's flow, of that what alarms watch. */
function metricsOfHost(plan: HostsPlan, { runs }: HostPlan): readonly ServiceMetric[] {
  const flow = plan.cloudwatch.pipeline;
  return flow === null ? [] : [flow.lag, flow.done].filter(({ service }) => runs.includes(service));
}

function hostMetrics(host: HostPlan): object {
  const append_dimensions = { host: host.name };
  return {
    cpu: { measurement: ["usage_active"], totalcpu: true, append_dimensions },
    mem: { measurement: ["used_percent"], append_dimensions },
    disk: {
      measurement: ["used_percent"],
      resources: host.mounts,
      // Amazon bills each: the aggregated one is enough.
      drop_original_metrics: ["disk_used_percent"],
      append_dimensions,
    },
    // Disks and not their partitions; interfaces of the machine and not those of containers, which come and go.
    diskio: { measurement: ["read_bytes", "write_bytes"], resources: ["nvme?n1", "xvd?"], append_dimensions },
    net: { measurement: ["bytes_recv", "bytes_sent"], resources: ["en*", "eth*"], append_dimensions },
    processes: { measurement: ["total"], append_dimensions },
  };
}

function systemLog(group: string, { name }: HostPlan, file: string): object {
  return {
    file_path: `/var/log/${file}`,
    log_group_name: group,
    log_stream_name: `${name}/${file}`,
    timestamp_format: "%Y-%m-%dT%H:%M:%S",
    timezone: "UTC",
  };
}

/** Each with the one dimension `service`. A counter becomes what it grew by since the last scrape: that is what the agent does to counters. */
function pipeline(plan: HostsPlan, metrics: readonly ServiceMetric[], group: string): object {
  return {
    log_group_name: group,
    prometheus_config_path: `${AGENT_FOLDER}/${SCRAPE_FILE}`,
    emf_processor: {
      metric_namespace: plan.cloudwatch.namespace,
      metric_declaration: metrics.map(({ service, metric }) => ({
        source_labels: ["service"],
        label_matcher: `^${service}$`,
        dimensions: [["service"]],
        metric_selectors: [`^${metric}$`],
      })),
    },
  };
}

/** Alarms look at each minute: two scrapes in it, so that none is empty because a scrape came a moment late. */
const AGENT_SCRAPE_SECONDS = 30;

/** What the CloudWatch agent reads of the services of its host, as a template: Prometheus' own format. */
function renderScrapeConfig(plan: HostsPlan, host: HostPlan): string {
  const services = [...new Set(metricsOfHost(plan, host).map(({ service }) => service))];
  return renderYaml(
    "What the CloudWatch agent reads of the services of this host, for the alarms on the stack's flow.",
    map({
      global: map({ scrape_interval: `${AGENT_SCRAPE_SECONDS}s`, scrape_timeout: "10s" }),
      scrape_configs: services.map((service) => {
        const { port = null, metrics = null } = plan.plan.components.find(({ name }) => name === service) ?? {};
        return map({
          job_name: quoted(service),
          metrics_path: quoted(metrics ?? "/metrics"),
          static_configs: [map({ targets: inline([quoted(`{{ private_ip }}:${port}`)]), labels: map({ service: quoted(service) }) })],
        });
      }),
    }),
  );
}
