import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { dashboard, graph, numbers } from "./panels.js";
import type { AlertRule, RuleGroup } from "./rule.js";
import { PAGE_AFTER_SECONDS } from "./timing.js";
import { exporterScrapes, selector, serviceScrapes, type Watched, type WatchedScrape } from "./watched.js";

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

const HOST = '{host=~"$host"}';

/** Processors, memory, network and disks of each host, and what answers. */
export function infrastructureDashboard(watched: Watched): Dashboard {
  const hasHosts = exporterScrapes(watched, "node").length > 0;
  return dashboard({
    stack: watched.plan.stack,
    topic: "infrastructure",
    title: "infrastructure",
    about: "The hosts of the stack, and whether what runs on them answers.",
    choice: { label: "host", of: "up" },
    panels: [...overview(), ...(hasHosts ? hostPanels() : [])],
  });
}

function overview() {
  return [
    numbers({
      title: "Alerts firing",
      about: "Page and ticket together. Prometheus lists them under Alerts.",
      unit: Short,
      queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: "firing" }],
      limit: 1,
    }),
    numbers({
      title: "Do not answer",
      about: "Addresses that Prometheus reads and that do not answer.",
      unit: Short,
      queries: [{ expr: `count(up${HOST} == 0) or vector(0)`, legend: "silent" }],
      limit: 1,
    }),
    graph({
      title: "What answers",
      about: "1: it answers when Prometheus reads it; 0: it does not.",
      unit: Short,
      queries: [{ expr: `min by (job, host) (up${HOST})`, legend: "{{job}} on {{host}}" }],
      most: 1,
      width: 16,
    }),
  ];
}

function hostPanels() {
  return [
    graph({
      title: "Processors",
      about: "Share of the time that all processors together are busy. Over 80% for 10 minutes: the alert HostCpuHigh.",
      unit: PercentUnit,
      queries: [{ expr: `host:node_cpu_busy:ratio_rate5m${HOST}`, legend: "{{host}}" }],
      limit: 0.8,
      most: 1,
    }),
    graph({
      title: "Memory",
      about: "Share that programs use; what the system only keeps to be quick does not count. Over 85%: HostMemoryHigh.",
      unit: PercentUnit,
      queries: [{ expr: `host:node_memory_used:ratio${HOST}`, legend: "{{host}}" }],
      limit: 0.85,
      most: 1,
    }),
    graph({
      title: "Disks: used",
      about: "Over 85%: HostDiskHigh. Full in 4 hours at the pace of the last hour: HostDiskFullSoon.",
      unit: PercentUnit,
      queries: [{ expr: `host_mountpoint:node_filesystem_used:ratio${HOST}`, legend: "{{host}} {{mountpoint}}" }],
      limit: 0.85,
      most: 1,
    }),
    graph({
      title: "Disks: free",
      about: "What is left for data.",
      unit: BytesIEC,
      queries: [{ expr: `host_mountpoint:node_filesystem_avail_bytes:max${HOST}`, legend: "{{host}} {{mountpoint}}" }],
    }),
    graph({
      title: "Network",
      about: "All interfaces but those between containers.",
      unit: BytesPerSecondIEC,
      queries: [
        { expr: `host:node_network_receive_bytes:rate2m${HOST}`, legend: "{{host}} in" },
        { expr: `host:node_network_transmit_bytes:rate2m${HOST}`, legend: "{{host}} out" },
      ],
    }),
    graph({
      title: "Disks: read and written",
      about: "All disks of a host together.",
      unit: BytesPerSecondIEC,
      queries: [
        { expr: `host:node_disk_read_bytes:rate2m${HOST}`, legend: "{{host}} read" },
        { expr: `host:node_disk_written_bytes:rate2m${HOST}`, legend: "{{host}} written" },
      ],
    }),
  ];
}
