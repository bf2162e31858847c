import type { AlarmsDefinition, MonitoringDefinition } from "../definition.js";
import { type HostHandle, readHostReference } from "./handle.js";
import { OptionReader, type Report } from "./option-reader.js";
import { text } from "./value-kind.js";

/** Prometheus, Alertmanager and Grafana, the exporters that they read, and alarms. */
export interface MonitoringOptions {
  /**
   * The host that Prometheus (9090), Alertmanager (9093, not open to anybody) and Grafana (3000) run on: one in the public subnet.
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
  readonly alarms?: AlarmOptions;

  /**
   * Where the pages lie that say what to do about each alert: a folder of your repository, or a URL. `/<alert>.md` is added.
   *
   * @default "docs/runbooks"
   * @example s.monitoring({ on: "frontend", runbooks: "https://git.example.com/poll/src/main/docs/runbooks" })
   */
  readonly runbooks?: string;
}

export interface AlarmOptions {
  /**
   * Who gets them. On AWS they go by SNS, which asks that address once whether it wants them; elsewhere by `smarthost`.
   *
   * @example s.monitoring({ on: "frontend", alarms: { email: "ops@example.com" } })
   */
  readonly email: string;

  /**
   * The mail server that takes them, where there is no SNS: host and port, with STARTTLS.
   *
   * @default none: alarms are shown, and sent on AWS only
   * @example s.monitoring({ on: "frontend", alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587" } })
   */
  readonly smarthost?: string;

  /**
   * The sender's address.
   *
   * @default the same as `email`
   * @example alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587", from: "alarms@example.com" }
   */
  readonly from?: string;

  /**
   * Name for the mail server. Its password is in no stack file: the target says which file to write it into.
   *
   * @default none: the server takes mail without a name and a password
   * @example alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587", user: "alarms" }
   */
  readonly user?: string;
}

const OPTIONS: Readonly<Record<keyof MonitoringOptions, true>> = { on: true, openTo: true, alarms: true, runbooks: true };
const ALARM_OPTIONS: Readonly<Record<keyof AlarmOptions, true>> = { email: true, smarthost: true, from: true, user: true };

const RUNBOOKS = "docs/runbooks";

export function readMonitoring(value: unknown, report: Report): MonitoringDefinition {
  const options = new OptionReader("monitoring", value, OPTIONS, report);
  return {
    on: readHostReference(options.raw("on"), "monitoring.on", report),
    openTo: options.read("openTo", text('"203.0.113.0/24"'), "0.0.0.0/0"),
    alarms: options.wrote("alarms") ? readAlarms(options.raw("alarms"), report) : null,
    runbooks: options.read("runbooks", text(JSON.stringify(RUNBOOKS)), RUNBOOKS).replace(/\/+$/, ""),
  };
}

function readAlarms(value: unknown, report: Report): AlarmsDefinition | null {
  const options = new OptionReader("monitoring.alarms", value, ALARM_OPTIONS, report);
  const email = options.require("email", text('"ops@example.com"'), null);
  const smarthost = options.read("smarthost", text('"smtp.example.com:587"'), null);
  const from = options.read("from", text('"alarms@example.com"'), null);
  const user = options.read("user", text('"alarms"'), null);
  for (const key of ["from", "user"]) needsSmarthost(options, key);
  if (email === null) return null;
  return { email, smtp: smarthost === null ? null : { smarthost, from: from ?? email, user } };
}

function needsSmarthost(options: OptionReader, key: string): void {
  if (!options.wrote(key) || options.wrote("smarthost")) return;
  options.report({
    at: `${options.at}.${key}`,
    code: "OPTION_INVALID",
    message: `${key} has no effect without smarthost`,
    found: `${key} and no smarthost`,
    allowed: `${key} together with smarthost`,
    fix: `add the mail server, for example smarthost: "smtp.example.com:587", or remove ${key}`,
  });
}
