import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, OpsPerSecond, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { exporterScrapes, type Watched } from "../watched.js";
import { dashboard, graph, numbers } from "./panels.js";

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

const CHOSEN_REDIS = '{service=~"$service"}';

/** Every Redis of the stack; `null` where there is none. */
export function redisDashboard(watched: Watched): Dashboard | null {
  if (exporterScrapes(watched, "redis").length === 0) return null;
  return dashboard({
    stack: watched.plan.stack,
    topic: "redis",
    title: "Redis",
    about: "Memory, work and durability of Redis.",
    choice: { label: "service", of: "redis_up" },
    panels: [
      graph({
        title: "Memory",
        about: "What it uses, and what it may use (0: no limit). At the limit it refuses writes.",
        unit: BytesIEC,
        queries: [
          { expr: `redis_memory_used_bytes${CHOSEN_REDIS}`, legend: "{{service}} used" },
          { expr: `redis_memory_max_bytes${CHOSEN_REDIS}`, legend: "{{service}} limit" },
        ],
      }),
      graph({
        title: "Commands",
        about: "Answered each second.",
        unit: OpsPerSecond,
        queries: [{ expr: `rate(redis_commands_processed_total${CHOSEN_REDIS}[1m])`, legend: "{{service}}" }],
      }),
      graph({
        title: "Time of a command",
        about: "On average over a minute, waiting for the disk included: the five kinds of commands that take the most time.",
        unit: Seconds,
        queries: [
          {
            expr:
              `topk(5, rate(redis_commands_duration_seconds_total${CHOSEN_REDIS}[1m]) / ` +
              `(rate(redis_commands_total${CHOSEN_REDIS}[1m]) > 0))`,
            legend: "{{service}} {{cmd}}",
          },
        ],
      }),
      graph({
        title: "Clients",
        about: "Open connections.",
        unit: Short,
        queries: [{ expr: `redis_connected_clients${CHOSEN_REDIS}`, legend: "{{service}}" }],
      }),
      graph({
        title: "Durability",
        about: "1: the append-only file is on, its last write succeeded, its last rewrite succeeded. Any at 0: RedisNotPersisting.",
        unit: Short,
        queries: [
          { expr: `redis_aof_enabled${CHOSEN_REDIS}`, legend: "{{service}} append-only file" },
          { expr: `redis_aof_last_write_status${CHOSEN_REDIS}`, legend: "{{service}} last write" },
          { expr: `redis_aof_last_bgrewrite_status${CHOSEN_REDIS}`, legend: "{{service}} last rewrite" },
        ],
        most: 1,
      }),
      graph({
        title: "Keys",
        about: "In all its databases.",
        unit: Short,
        queries: [{ expr: `sum by (service) (redis_db_keys${CHOSEN_REDIS})`, legend: "{{service}}" }],
      }),
      graph({
        title: "Network",
        about: "To and from its clients.",
        unit: BytesPerSecondIEC,
        queries: [
          { expr: `rate(redis_net_input_bytes_total${CHOSEN_REDIS}[1m])`, legend: "{{service}} in" },
          { expr: `rate(redis_net_output_bytes_total${CHOSEN_REDIS}[1m])`, legend: "{{service}} out" },
        ],
      }),
      graph({
        title: "Processor",
        about: "Share of one processor: its commands run on one only, so 100% is all there is.",
        unit: PercentUnit,
        queries: [
          {
            expr: `rate(redis_cpu_sys_seconds_total${CHOSEN_REDIS}[1m]) + rate(redis_cpu_user_seconds_total${CHOSEN_REDIS}[1m])`,
            legend: "{{service}}",
          },
        ],
      }),
    ],
  });
}

const CHOSEN = 'service=~"$service"';
/** Without the databases that every server has of its own. */
const OWN = `{${CHOSEN}, datname!~"template.*|postgres|"}`;

/** Every PostgreSQL of the stack; `null` where there is none. */
export function postgresDashboard(watched: Watched): Dashboard | null {
  if (exporterScrapes(watched, "postgres").length === 0) return null;
  return dashboard({
    stack: watched.plan.stack,
    topic: "postgresql",
    title: "PostgreSQL",
    about: "Connections, transactions and size of PostgreSQL.",
    choice: { label: "service", of: "pg_up" },
    panels: [
      graph({
        title: "Connections",
        about: "Share of max_connections that is taken. Over 80%: PostgresConnectionsHigh.",
        unit: PercentUnit,
        queries: [{ expr: `service:pg_connections_used:ratio{${CHOSEN}}`, legend: "{{service}}" }],
        limit: 0.8,
        most: 1,
      }),
      graph({
        title: "Connections by what they do",
        about: "Idle in a transaction for long holds locks and keeps old rows.",
        unit: Short,
        queries: [{ expr: `sum by (service, state) (pg_stat_activity_count{${CHOSEN}})`, legend: "{{service}} {{state}}" }],
      }),
      graph({
        title: "Transactions",
        about: "Each second. Many rolled back: a program runs into errors.",
        unit: OpsPerSecond,
        queries: [
          { expr: `sum by (service) (rate(pg_stat_database_xact_commit${OWN}[1m]))`, legend: "{{service}} committed" },
          { expr: `sum by (service) (rate(pg_stat_database_xact_rollback${OWN}[1m]))`, legend: "{{service}} rolled back" },
        ],
      }),
      graph({
        title: "Rows",
        about: "Each second.",
        unit: OpsPerSecond,
        queries: [
          { expr: `sum by (service) (rate(pg_stat_database_tup_inserted${OWN}[1m]))`, legend: "{{service}} inserted" },
          { expr: `sum by (service) (rate(pg_stat_database_tup_updated${OWN}[1m]))`, legend: "{{service}} updated" },
          { expr: `sum by (service) (rate(pg_stat_database_tup_fetched${OWN}[1m]))`, legend: "{{service}} fetched" },
        ],
      }),
      graph({
        title: "Size",
        about: "On the disk, by database.",
        unit: BytesIEC,
        queries: [{ expr: `pg_database_size_bytes${OWN}`, legend: "{{service}} {{datname}}" }],
      }),
      graph({
        title: "Found in memory",
        about: "Share of the pages that were in its own cache. Below 95% for long: it could use more memory.",
        unit: PercentUnit,
        queries: [
          {
            expr:
              `sum by (service) (rate(pg_stat_database_blks_hit${OWN}[5m])) / (sum by (service) (rate(pg_stat_database_blks_hit${OWN}[5m])) + ` +
              `sum by (service) (rate(pg_stat_database_blks_read${OWN}[5m])))`,
            legend: "{{service}}",
          },
        ],
        most: 1,
      }),
      graph({
        title: "Locks",
        about: "Held now, by kind.",
        unit: Short,
        queries: [
          {
            expr: `sum by (service, mode) (pg_locks_count${OWN}) > 0 or 0 * max by (service) (pg_up{${CHOSEN}})`,
            legend: "{{service}} {{mode}}",
          },
        ],
      }),
      graph({
        title: "Deadlocks",
        about: "Each minute; one of the two transactions is broken off.",
        unit: Short,
        queries: [{ expr: `sum by (service) (increase(pg_stat_database_deadlocks${OWN}[1m]))`, legend: "{{service}}" }],
      }),
    ],
  });
}
