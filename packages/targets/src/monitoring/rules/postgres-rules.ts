import { PAGE_AFTER_SECONDS } from "../timing.js";
import { exporterScrapes, type Watched } from "../watched.js";
import type { RuleGroup } from "./rule.js";

const MINUTE = 60;

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
