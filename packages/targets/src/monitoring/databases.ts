import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, OpsPerSecond, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { dashboard, graph } from "./panels.js";
import type { RuleGroup } from "./rule.js";
import { PAGE_AFTER_SECONDS } from "./timing.js";
import { exporterScrapes, type Watched } from "./watched.js";

const MINUTE = 60;

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
