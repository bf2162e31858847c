import { PAGE_AFTER_SECONDS } from "../timing.js";
import { exporterScrapes, type Watched } from "../watched.js";
import type { RuleGroup } from "./rule.js";

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
