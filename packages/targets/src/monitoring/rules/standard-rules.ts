import { PAGE_AFTER_SECONDS } from "../timing.js";
import { exporterScrapes, selector, serviceScrapes, type Watched, type WatchedScrape } from "../watched.js";
import type { AlertRule, RuleGroup } from "./rule.js";

/** What is watched of every stack: hosts, services, databases, certificates. */

const MINUTE = 60;

/** Disks that hold something: not those in memory, and none that are read only by their nature. */
const DISKS = 'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|fuse.*|nsfs", mountpoint!~"/(boot|run|snap|var/lib/docker)(/.*)?"';

const FULL_IN_HOURS = 4;

/** The machines: by the node exporter of each. */
export function hostRules(watched: Watched): RuleGroup | null {
  if (exporterScrapes(watched, "node").length === 0) return null;
  return {
    name: "hosts",
    about: "The hosts, by their node exporters.",
    rules: [
      {
        record: "host:node_cpu_busy:ratio_rate5m",
        expr: '1 - avg by (host, tier) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
      },
      {
        record: "host:node_memory_used:ratio",
        expr: "1 - max by (host, tier) (node_memory_MemAvailable_bytes) / max by (host, tier) (node_memory_MemTotal_bytes)",
      },
      {
        record: "host_mountpoint:node_filesystem_avail_bytes:max",
        expr: `max by (host, tier, mountpoint) (node_filesystem_avail_bytes{${DISKS}})`,
      },
      {
        record: "host_mountpoint:node_filesystem_used:ratio",
        expr:
          "1 - host_mountpoint:node_filesystem_avail_bytes:max / " +
          `max by (host, tier, mountpoint) (node_filesystem_size_bytes{${DISKS}})`,
      },
      {
        record: "host:node_network_receive_bytes:rate2m",
        expr: 'sum by (host, tier) (rate(node_network_receive_bytes_total{device!~"lo|veth.*|docker.*|br-.*"}[2m]))',
      },
      {
        record: "host:node_network_transmit_bytes:rate2m",
        expr: 'sum by (host, tier) (rate(node_network_transmit_bytes_total{device!~"lo|veth.*|docker.*|br-.*"}[2m]))',
      },
      { record: "host:node_disk_read_bytes:rate2m", expr: "sum by (host, tier) (rate(node_disk_read_bytes_total[2m]))" },
      { record: "host:node_disk_written_bytes:rate2m", expr: "sum by (host, tier) (rate(node_disk_written_bytes_total[2m]))" },
      {
        alert: "HostDown",
        expr: 'max by (host, tier) (up{job="node-exporter"}) == 0',
        forSeconds: PAGE_AFTER_SECONDS,
        severity: "page",
        summary: "Host {{ $labels.host }} does not answer",
        description:
          "The node exporter of {{ $labels.host }} cannot be read (up is {{ $value }}): the host is down, cut off, or only its exporter ended.",
      },
      {
        alert: "HostCpuHigh",
        expr: "host:node_cpu_busy:ratio_rate5m > 0.8",
        forSeconds: 10 * MINUTE,
        severity: "ticket",
        summary: "The processors of {{ $labels.host }} are busy",
        description: "{{ $labels.host }} has used {{ $value | humanizePercentage }} of its processors for 10 minutes; the limit is 80%.",
      },
      {
        alert: "HostMemoryHigh",
        expr: "host:node_memory_used:ratio > 0.85",
        forSeconds: 5 * MINUTE,
        severity: "ticket",
        summary: "The memory of {{ $labels.host }} is nearly used up",
        description: "{{ $labels.host }} has {{ $value | humanizePercentage }} of its memory in use; the limit is 85%.",
      },
      {
        alert: "HostDiskHigh",
        expr: "host_mountpoint:node_filesystem_used:ratio > 0.85",
        forSeconds: 5 * MINUTE,
        severity: "ticket",
        summary: "The disk {{ $labels.mountpoint }} of {{ $labels.host }} is nearly full",
        description: "{{ $labels.mountpoint }} of {{ $labels.host }} is {{ $value | humanizePercentage }} full; the limit is 85%.",
      },
      {
        alert: "HostDiskFullSoon",
        // Half full at least: a burst of writes on an empty disk is no reason to get up.
        expr:
          `predict_linear(host_mountpoint:node_filesystem_avail_bytes:max[1h], ${FULL_IN_HOURS} * 3600) < 0 ` +
          "and host_mountpoint:node_filesystem_used:ratio > 0.5",
        forSeconds: 10 * MINUTE,
        severity: "page",
        summary: `The disk {{ $labels.mountpoint }} of {{ $labels.host }} is full within ${FULL_IN_HOURS} hours`,
        description:
          `At the pace of the last hour {{ $labels.mountpoint }} of {{ $labels.host }} is full within ${FULL_IN_HOURS} hours: ` +
          "{{ $value | humanize1024 }}B would be left then.",
      },
    ],
  };
}

/** What runs on the hosts: whether it can be read at all. */
export function serviceRules(watched: Watched): RuleGroup | null {
  const services = serviceScrapes(watched);
  const exporters = watched.scrapes.filter(({ component, exporter }) => component !== null && exporter !== null);
  if (services.length + exporters.length === 0) return null;
  return {
    name: "services",
    about: "What does not answer. A service without metrics is not read, so nothing here tells of it.",
    rules: [...services.map(serviceDown), ...(services.length === 0 ? [] : [COPY_DOWN]), ...exporters.map(exporterDown)],
  };
}

/**
 * How many copies answer. Those found by the DNS are gone from it when they end, and then there is no series at all: `absent` tells
 * of that, with the same labels.
 */
function answering({ job, labels }: WatchedScrape): string {
  const own = selector({ job, ...labels });
  return `(sum by (job, ${Object.keys(labels).join(", ")}) (up${own}) or 0 * absent(up${own}))`;
}

function serviceDown(scrape: WatchedScrape): AlertRule {
  return {
    alert: "ServiceDown",
    expr: `${answering(scrape)} == 0`,
    forSeconds: PAGE_AFTER_SECONDS,
    severity: "page",
    labels: scrape.labels,
    summary: "{{ $labels.service }} is down",
    description: "{{ $value }} copies of {{ $labels.service }} on {{ $labels.host }} answer when Prometheus reads their metrics.",
  };
}

const COPY_DOWN: AlertRule = {
  alert: "ServiceCopyDown",
  expr: 'count by (job, host, tier, service) (up{service!=""} == 0) and on (job) (max by (job) (up{service!=""}) == 1)',
  forSeconds: 2 * MINUTE,
  severity: "ticket",
  summary: "A copy of {{ $labels.service }} is down",
  description: "{{ $value }} of the copies of {{ $labels.service }} on {{ $labels.host }} do not answer; others do.",
};

function exporterDown(scrape: WatchedScrape): AlertRule {
  return {
    alert: "ExporterDown",
    expr: `${answering(scrape)} == 0`,
    forSeconds: 2 * MINUTE,
    severity: "ticket",
    labels: scrape.labels,
    summary: "Nothing tells of {{ $labels.service }}",
    description: "{{ $value }} exporters of {{ $labels.service }} answer: no alert about {{ $labels.service }} itself could fire.",
  };
}

export function redisRules(watched: Watched): RuleGroup | null {
  if (exporterScrapes(watched, "redis").length === 0) return null;
  return {
    name: "redis",
    about: "Redis, by its exporter. Every Redis of a stack keeps its writes in the append-only file and refuses writes when it is full.",
    rules: [
      {
        record: "service:redis_memory_used:ratio",
        // A Redis without a limit has 0 as its limit.
        expr: "max by (host, tier, service) (redis_memory_used_bytes / (redis_memory_max_bytes > 0))",
      },
      {
        alert: "RedisDown",
        expr: "max by (host, tier, service) (redis_up) == 0",
        forSeconds: PAGE_AFTER_SECONDS,
        severity: "page",
        summary: "Redis {{ $labels.service }} is down",
        description:
          "The exporter of {{ $labels.service }} answers, and cannot reach Redis on {{ $labels.host }} (redis_up is {{ $value }}).",
      },
      {
        alert: "RedisNotPersisting",
        expr:
          "4 - max by (host, tier, service) (redis_aof_enabled + redis_aof_last_write_status + " +
          "redis_aof_last_bgrewrite_status + redis_rdb_last_bgsave_status) > 0",
        forSeconds: PAGE_AFTER_SECONDS,
        severity: "page",
        summary: "Redis {{ $labels.service }} does not keep its writes",
        description:
          "{{ $value }} of 4 signs are bad on {{ $labels.host }} (append-only file on, last write to it, last rewrite of it, last snapshot): " +
          "what {{ $labels.service }} has answered may be lost in a crash.",
      },
      {
        alert: "RedisMemoryHigh",
        expr: "service:redis_memory_used:ratio > 0.85",
        forSeconds: 2 * MINUTE,
        severity: "page",
        summary: "The memory of Redis {{ $labels.service }} is nearly used up",
        description:
          "{{ $labels.service }} uses {{ $value | humanizePercentage }} of the memory that it may (maxmemory); at 100% it refuses every write.",
      },
    ],
  };
}

export function postgresRules(watched: Watched): RuleGroup | null {
  if (exporterScrapes(watched, "postgres").length === 0) return null;
  return {
    name: "postgresql",
    about: "PostgreSQL, by its exporter.",
    rules: [
      {
        record: "service:pg_connections_used:ratio",
        expr: "sum by (host, tier, service) (pg_stat_activity_count) / max by (host, tier, service) (pg_settings_max_connections)",
      },
      {
        alert: "PostgresDown",
        expr: "max by (host, tier, service) (pg_up) == 0",
        forSeconds: PAGE_AFTER_SECONDS,
        severity: "page",
        summary: "PostgreSQL {{ $labels.service }} is down",
        description:
          "The exporter of {{ $labels.service }} answers, and cannot reach PostgreSQL on {{ $labels.host }} (pg_up is {{ $value }}).",
      },
      {
        alert: "PostgresConnectionsHigh",
        expr: "service:pg_connections_used:ratio > 0.8",
        forSeconds: 5 * MINUTE,
        severity: "ticket",
        summary: "PostgreSQL {{ $labels.service }} is running out of connections",
        description:
          "{{ $value | humanizePercentage }} of the connections of {{ $labels.service }} (max_connections) are taken; " +
          "at 100% it turns new ones away.",
      },
    ],
  };
}

export const CERTIFICATE_JOB = "certificates";
const DAYS = 14;

/** The certificates of the public pages, where they have any. They are renewed a month before their end: a fortnight is two failed weeks. */
export function certificateRules({ reach }: Watched): RuleGroup | null {
  if (reach.certificates === null || reach.certificates.pages.length === 0) return null;
  return {
    name: "certificates",
    about: "The certificates of the public pages, as a browser sees them.",
    rules: [
      {
        alert: "CertificateNearEnd",
        expr: `probe_ssl_earliest_cert_expiry{job="${CERTIFICATE_JOB}"} - time() < ${DAYS} * 86400`,
        forSeconds: 600,
        severity: "ticket",
        summary: "The certificate of {{ $labels.service }} is near its end",
        description: `The certificate of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}; it should have been renewed long ago.`,
      },
    ],
  };
}
