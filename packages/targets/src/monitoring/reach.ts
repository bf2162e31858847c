import { ALERTMANAGER_PORT, BLACKBOX_PORT, type Plan, PROMETHEUS_PORT, type ScrapeTarget } from "@groundplan/model";

/** How the programs of monitoring find each other and what they read, where a target runs them. All else follows from the plan. */
export interface MonitoringReach {
  /** Where Prometheus reads a scrape target; `null`: it is not there, and no rule, panel or alert expects it. */
  addressOf(scrape: ScrapeTarget): ScrapeAddress | null;
  /** Host and port of Alertmanager as Prometheus opens it; `null`: there is none, alerts are shown by Prometheus only. */
  readonly alertmanager: string | null;
  /** Prometheus as Grafana opens it, for example http://127.0.0.1:9090 */
  readonly prometheusUrl: string;
  /** The folder of the dashboards as Grafana sees it. */
  readonly dashboardFolder: string;
  readonly receiver: AlarmReceiver;
  /** What asks the public pages for their certificates; `null`: they have none. */
  readonly certificates: CertificateProbe | null;
}

export type ScrapeAddress =
  /** One copy, for example "frontend:9100". */
  | { readonly kind: "static"; readonly address: string }
  /** Every address that a name has in the DNS (A records): the copies of a service. At most one target of a job is found so. */
  | { readonly kind: "dns"; readonly name: string; readonly port: number };

/** What Alertmanager does with an alarm. */
export type AlarmReceiver =
  /** Shows it. */
  | { readonly kind: "none" }
  | {
      readonly kind: "smtp";
      readonly to: string;
      readonly from: string;
      /** Host and port; STARTTLS is required. */
      readonly smarthost: string;
      /** `null`: the server asks for none. The password is read from the file, as Alertmanager sees it. */
      readonly login: { readonly user: string; readonly passwordFile: string } | null;
    }
  | { readonly kind: "sns"; readonly topicArn: string; readonly region: string };

export interface CertificateProbe {
  /** Host and port of the blackbox exporter as Prometheus opens it. */
  readonly exporter: string;
  /** The page of each public service, for example https://vote.poll.example.com */
  readonly pages: readonly { readonly service: string; readonly url: string }[];
}

/** The file that Alertmanager's container reads the password of the mail server from. */
export const SMTP_PASSWORD_FILE = "/etc/alertmanager/smtp-password";

/** Each scrape target on its host, by the plan's host names; Prometheus, Alertmanager and Grafana share the network of theirs. */
export function hostReach(plan: Plan, receiver: AlarmReceiver = smtpReceiver(plan)): MonitoringReach {
  const { on } = monitoringOf(plan);
  return {
    addressOf: ({ host, port }) => ({ kind: "static", address: `${host}:${port}` }),
    alertmanager: `${on}:${ALERTMANAGER_PORT}`,
    prometheusUrl: `http://${on}:${PROMETHEUS_PORT}`,
    dashboardFolder: DASHBOARD_FOLDER,
    receiver,
    certificates: certificateProbe(plan, on),
  };
}

/** The public pages of a stack with a domain, by the names that browsers open. */
function certificateProbe({ aws, components }: Plan, on: string): CertificateProbe | null {
  if (aws.domain === null) return null;
  const pages = components
    .filter((component) => component.public)
    .map(({ name }) => ({ service: name, url: `https://${name}.${aws.domain}` }));
  return pages.length === 0 ? null : { exporter: `${on}:${BLACKBOX_PORT}`, pages };
}

/** Where `monitoringContainers` mounts the dashboards. */
export const DASHBOARD_FOLDER = "/etc/groundplan/dashboards";

/** By mail where the stack names a server that takes it; else alarms are shown only. */
export function smtpReceiver(plan: Plan): AlarmReceiver {
  const alarms = plan.monitoring?.alarms;
  if (alarms == null || alarms.smtp === null) return { kind: "none" };
  const { smarthost, from, user } = alarms.smtp;
  return { kind: "smtp", to: alarms.email, from, smarthost, login: user === null ? null : { user, passwordFile: SMTP_PASSWORD_FILE } };
}

/** A plan without monitoring is a bug of the caller. */
export function monitoringOf(plan: Plan): NonNullable<Plan["monitoring"]> {
  if (plan.monitoring === null) throw new Error(`the stack "${plan.stack}" has no monitoring: ask plan.monitoring first`);
  return plan.monitoring;
}

/** Where the user writes the password of the mail server that alarms are sent by, beside the other files. */
export const MAIL_PASSWORD_FILE = "alertmanager/smtp-password";

/** Whose password it is; `null`: alarms are sent without one, or not at all. Nobody but the mail server's owner knows it: none is made up. */
export function mailPassword(plan: Plan): { readonly user: string; readonly smarthost: string } | null {
  const receiver = smtpReceiver(plan);
  return receiver.kind === "smtp" && receiver.login !== null ? { user: receiver.login.user, smarthost: receiver.smarthost } : null;
}
