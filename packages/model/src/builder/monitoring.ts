import type { MonitoringDefinition } from "../definition.js";
import { type HostHandle, readHostReference } from "./handle.js";
import { OptionReader, type Report } from "./option-reader.js";
import { text } from "./value-kind.js";

/** Prometheus and Grafana, the exporters that they read, and alarms. */
export interface MonitoringOptions {
  /**
   * The host that Prometheus (9090) and Grafana (3000) run on: one in the public subnet.
   *
   * @example s.monitoring({ on: "frontend" })
   */
  readonly on: HostHandle | string;

  /**
   * Who may open Grafana and Prometheus: an IPv4 range.
   *
   * @default "0.0.0.0/0", everyone
   * @example s.monitoring({ on: "frontend", openTo: "203.0.113.0/24" })
   */
  readonly openTo?: string;

  /**
   * Where alarms go.
   *
   * @default none: alarms are shown and sent to nobody
   * @example s.monitoring({ on: "frontend", alarms: { email: "ops@example.com" } })
   */
  readonly alarms?: { readonly email: string };
}

const OPTIONS: Readonly<Record<keyof MonitoringOptions, true>> = { on: true, openTo: true, alarms: true };
const ALARM_OPTIONS: Readonly<Record<keyof NonNullable<MonitoringOptions["alarms"]>, true>> = { email: true };

export function readMonitoring(value: unknown, report: Report): MonitoringDefinition {
  const options = new OptionReader("monitoring", value, OPTIONS, report);
  return {
    on: readHostReference(options.raw("on"), "monitoring.on", report),
    openTo: options.read("openTo", text('"203.0.113.0/24"'), "0.0.0.0/0"),
    alarms: options.wrote("alarms") ? readAlarms(options.raw("alarms"), report) : null,
  };
}

function readAlarms(value: unknown, report: Report): { readonly email: string } | null {
  const options = new OptionReader("monitoring.alarms", value, ALARM_OPTIONS, report);
  const email = options.require("email", text('"ops@example.com"'), null);
  return email === null ? null : { email };
}
