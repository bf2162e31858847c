import type { Plan, PlannedHost } from "@groundplan/model";
import { logGroupsOf, mountsOf, namespaceOf, pipelineMetrics, type ServiceMetric } from "../../cloudwatch.js";

/** The folder of the agent's configuration on a host. */
export const AGENT_FOLDER = "/opt/aws/amazon-cloudwatch-agent/etc";
/** What the agent reads of the services of its host: see scrape-config.ts. */
export const SCRAPE_FILE = "groundplan-scrape.yml";

const SECONDS = 60;

/**
 * The configuration of the CloudWatch agent of a host: figures with exactly the dimensions that alarms and dashboard read, and logs. Fields:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function agentConfig(plan: Plan, host: PlannedHost): object {
  const groups = logGroupsOf(plan);
  const metrics = metricsOfHost(plan, host);
  return {
    // Root, since the logs of containers are readable for nobody else. Its own name of the host is Amazon's, not the stack's.
    agent: { metrics_collection_interval: SECONDS, omit_hostname: true, run_as_user: "root" },
    metrics: {
      namespace: namespaceOf(plan),
      // Disks come with their device and file system, which no alarm can know.
      aggregation_dimensions: [["host", "path"]],
      metrics_collected: hostMetrics(plan, host),
    },
    logs: {
      log_stream_name: host.name,
      logs_collected: {
        files: {
          collect_list: [
            systemLog(groups.system, host, "syslog"),
            systemLog(groups.system, host, "auth.log"),
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
export function metricsOfHost(plan: Plan, { runs }: PlannedHost): readonly ServiceMetric[] {
  const flow = pipelineMetrics(plan);
  return flow === null ? [] : [flow.lag, flow.done].filter(({ service }) => runs.includes(service));
}

function hostMetrics(plan: Plan, host: PlannedHost): object {
  const append_dimensions = { host: host.name };
  return {
    cpu: { measurement: ["usage_active"], totalcpu: true, append_dimensions },
    mem: { measurement: ["used_percent"], append_dimensions },
    disk: {
      measurement: ["used_percent"],
      resources: mountsOf(plan, host),
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

function systemLog(group: string, { name }: PlannedHost, file: string): object {
  return {
    file_path: `/var/log/${file}`,
    log_group_name: group,
    log_stream_name: `${name}/${file}`,
    timestamp_format: "%Y-%m-%dT%H:%M:%S",
    timezone: "UTC",
  };
}

/** Each with the one dimension `service`. A counter becomes what it grew by since the last scrape: that is what the agent does to counters. */
function pipeline(plan: Plan, metrics: readonly ServiceMetric[], group: string): object {
  return {
    log_group_name: group,
    prometheus_config_path: `${AGENT_FOLDER}/${SCRAPE_FILE}`,
    emf_processor: {
      metric_namespace: namespaceOf(plan),
      metric_declaration: metrics.map(({ service, metric }) => ({
        source_labels: ["service"],
        label_matcher: `^${service}$`,
        dimensions: [["service"]],
        metric_selectors: [`^${metric}$`],
      })),
    },
  };
}
