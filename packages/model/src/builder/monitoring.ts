import { reference, UNREADABLE } from "./handles.js";
import { text } from "./kinds.js";
import { type DefinitionOf, type Kind, type OptionsOf, optional, type Place, readShape, required, withDefault } from "./shape.js";

/** Where alarms go. */
export const ALARMS = {
  /**
   * Who gets them. On AWS they go by SNS, which asks that address once whether it wants them; elsewhere by `smarthost`.
   *
   * @example s.monitoring({ alarms: { email: "ops@example.com" } })
   */
  email: required(text('"ops@example.com"'), UNREADABLE),

  /**
   * The mail server that takes them, where there is no SNS: host and port, with STARTTLS.
   *
   * @default none: alarms are shown, and sent on AWS only
   * @example s.monitoring({ alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587" } })
   */
  smarthost: optional(text('"smtp.example.com:587"')),

  /**
   * The sender's address.
   *
   * @default the same as `email`
   * @example alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587", from: "alarms@example.com" }
   */
  from: optional(text('"alarms@example.com"')),

  /**
   * Name for the mail server. Its password is in no stack file: the target says which file to write it into.
   *
   * @default none: the server takes mail without a name and a password
   * @example alarms: { email: "ops@example.com", smarthost: "smtp.example.com:587", user: "alarms" }
   */
  user: optional(text('"alarms"')),
};

/** Where alarms go. */
export interface AlarmOptions extends OptionsOf<typeof ALARMS> {}

/** Where alarms go, as the definition holds it. */
export interface AlarmsDefinition {
  readonly email: string;
  /** The mail server that takes alarms; `null`: only a target with a way of its own (SNS on AWS) sends any. */
  readonly smtp: SmtpDefinition | null;
}

/** A mail server. */
export interface SmtpDefinition {
  /** For example "smtp.example.com:587". */
  readonly smarthost: string;
  readonly from: string;
  /** `null`: the server asks for no name and password. */
  readonly user: string | null;
}

const alarms: Kind<AlarmsDefinition | null, AlarmOptions> = {
  allowed: "options",
  example: '{ email: "ops@example.com" }',
  parse: (value, place) => {
    const { email, smarthost, from, user } = readShape(ALARMS, value, place);
    for (const [key, written] of Object.entries({ from, user })) {
      if (written !== null && smarthost === null) needsSmarthost(key, place);
    }
    if (email === UNREADABLE) return null;
    return { email, smtp: smarthost === null ? null : { smarthost, from: from ?? email, user } };
  },
};

function needsSmarthost(key: string, { at, reading }: Place): void {
  reading.report({
    at: `${at}.${key}`,
    code: "OPTION_INVALID",
    message: `${key} has no effect without smarthost`,
    found: `${key} and no smarthost`,
    allowed: `${key} together with smarthost`,
    fix: `add the mail server, for example smarthost: "smtp.example.com:587", or remove ${key}`,
  });
}

/** Prometheus, Alertmanager and Grafana, the exporters that they read, and alarms. */
export const MONITORING = {
  /**
   * The host that Prometheus (9090), Alertmanager (9093, not open to anybody) and Grafana (3000) run on: one in the public subnet.
   *
   * @default the stack's only host; a stack with several has to say which
   * @example s.monitoring({ on: frontend })   // const frontend = s.host("frontend", ...)
   */
  on: optional(reference.host, UNREADABLE),

  /**
   * Who may open Grafana and Prometheus: an IPv4 range.
   *
   * @default "0.0.0.0/0", everyone
   * @example s.monitoring({ openTo: "203.0.113.0/24" })
   */
  openTo: withDefault(text('"203.0.113.0/24"'), "0.0.0.0/0"),

  /**
   * Where alarms go.
   *
   * @default none: alarms are shown and sent to nobody
   * @example s.monitoring({ alarms: { email: "ops@example.com" } })
   */
  alarms: optional(alarms),

  /**
   * Where the pages lie that say what to do about each alert: a folder of your repository, or a URL. `/<alert>.md` is added.
   *
   * @default "docs/runbooks"
   * @example s.monitoring({ runbooks: "https://git.example.com/poll/src/main/docs/runbooks" })
   */
  runbooks: withDefault(text('"docs/runbooks"'), "docs/runbooks"),
};

/** Prometheus, Alertmanager and Grafana, the exporters that they read, and alarms. */
export interface MonitoringOptions extends OptionsOf<typeof MONITORING> {}

/** Monitoring, as the definition holds it. */
export interface MonitoringDefinition extends Omit<DefinitionOf<typeof MONITORING>, "on"> {
  /** Name of the host that Prometheus and Grafana run on. */
  readonly on: string;
}

/** @param hosts Names of all hosts of the stack: monitoring runs on the only one if nothing is said. */
export function readMonitoring(value: unknown, hosts: readonly string[], place: Place): MonitoringDefinition {
  const { on, runbooks, ...rest } = readShape(MONITORING, value, place);
  const [only, ...others] = hosts;
  if (on === null && others.length > 0) {
    place.reading.report({
      at: `${place.at}.on`,
      code: "MONITORING_INVALID",
      message: "nothing says which host monitoring runs on",
      found: `no on, and the hosts ${hosts.join(", ")}`,
      allowed: "a host in the public subnet",
      fix: `write on: ${only}, from const ${only} = s.host(...)`,
    });
  }
  return { on: on ?? (others.length > 0 ? UNREADABLE : (only ?? UNREADABLE)), ...rest, runbooks: runbooks.replace(/\/+$/, "") };
}
