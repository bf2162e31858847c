import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, OpsPerSecond, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { exporterScrapes, type Watched } from "../watched.js";
import { dashboard } from "./dashboard.js";
import { graph } from "./panel.js";

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
