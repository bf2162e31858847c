import { PAGE_AFTER_SECONDS } from "../timing.js";
import { exporterScrapes, type Watched } from "../watched.js";
import type { RuleGroup } from "./rule.js";

/** Disks that hold something: not those in memory, and none that are read only by their nature. */
const DISKS = 'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|fuse.*|nsfs", mountpoint!~"/(boot|run|snap|var/lib/docker)(/.*)?"';

const MINUTE = 60;
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
