import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, OpsPerSecond, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { exporterScrapes, type Watched } from "../watched.js";
import { dashboard } from "./dashboard.js";
import { graph } from "./panel.js";

const CHOSEN = '{service=~"$service"}';

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
          { expr: `redis_memory_used_bytes${CHOSEN}`, legend: "{{service}} used" },
          { expr: `redis_memory_max_bytes${CHOSEN}`, legend: "{{service}} limit" },
        ],
      }),
      graph({
        title: "Commands",
        about: "Answered each second.",
        unit: OpsPerSecond,
        queries: [{ expr: `rate(redis_commands_processed_total${CHOSEN}[1m])`, legend: "{{service}}" }],
      }),
      graph({
        title: "Time of a command",
        about: "On average over a minute, waiting for the disk included: the five kinds of commands that take the most time.",
        unit: Seconds,
        queries: [
          {
            expr: `topk(5, rate(redis_commands_duration_seconds_total${CHOSEN}[1m]) / ` + `(rate(redis_commands_total${CHOSEN}[1m]) > 0))`,
            legend: "{{service}} {{cmd}}",
          },
        ],
      }),
      graph({
        title: "Clients",
        about: "Open connections.",
        unit: Short,
        queries: [{ expr: `redis_connected_clients${CHOSEN}`, legend: "{{service}}" }],
      }),
      graph({
        title: "Durability",
        about: "1: the append-only file is on, its last write succeeded, its last rewrite succeeded. Any at 0: RedisNotPersisting.",
        unit: Short,
        queries: [
          { expr: `redis_aof_enabled${CHOSEN}`, legend: "{{service}} append-only file" },
          { expr: `redis_aof_last_write_status${CHOSEN}`, legend: "{{service}} last write" },
          { expr: `redis_aof_last_bgrewrite_status${CHOSEN}`, legend: "{{service}} last rewrite" },
        ],
        most: 1,
      }),
      graph({
        title: "Keys",
        about: "In all its databases.",
        unit: Short,
        queries: [{ expr: `sum by (service) (redis_db_keys${CHOSEN})`, legend: "{{service}}" }],
      }),
      graph({
        title: "Network",
        about: "To and from its clients.",
        unit: BytesPerSecondIEC,
        queries: [
          { expr: `rate(redis_net_input_bytes_total${CHOSEN}[1m])`, legend: "{{service}} in" },
          { expr: `rate(redis_net_output_bytes_total${CHOSEN}[1m])`, legend: "{{service}} out" },
        ],
      }),
      graph({
        title: "Processor",
        about: "Share of one processor: its commands run on one only, so 100% is all there is.",
        unit: PercentUnit,
        queries: [
          {
            expr: `rate(redis_cpu_sys_seconds_total${CHOSEN}[1m]) + rate(redis_cpu_user_seconds_total${CHOSEN}[1m])`,
            legend: "{{service}}",
          },
        ],
      }),
    ],
  });
}
