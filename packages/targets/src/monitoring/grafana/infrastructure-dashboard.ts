import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { exporterScrapes, type Watched } from "../watched.js";
import { dashboard } from "./dashboard.js";
import { graph, numbers } from "./panel.js";

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
