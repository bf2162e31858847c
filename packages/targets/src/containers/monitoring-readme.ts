import { table } from "../markdown/markdown.js";
import { RETENTION_DAYS } from "../monitoring/timing.js";
import type { ContainerPlan } from "./container-plan.js";
import { MAIL_PASSWORD_FILE, mailPassword } from "./mail-password.js";
import { portSetting } from "./settings.js";

/** Rows of the settings: where the pages of monitoring are published. */
export function monitoringSettings({ monitoring }: ContainerPlan): readonly (readonly string[])[] {
  const pages = monitoring.filter((part) => part.public);
  return pages.map(({ name, port }) => [`\`${portSetting(name)}\``, `\`${port}\``, `where ${name} is found`]);
}

/** What an operator should know of monitoring, whatever runs the containers; empty for a stack without. */
export function monitoringSection({ monitoring, plan }: ContainerPlan, ...more: readonly string[]): readonly string[] {
  if (monitoring.length === 0) return [];
  const mail = mailPassword(plan);
  const smtp = plan.monitoring?.alarms?.smtp ?? null;
  return [
    "## Monitoring",
    table(
      ["container", "what it does"],
      monitoring.map(({ name, reads, seesHost }) => [
        name,
        seesHost ? "tells of the machine" : reads === null ? (SERVERS[name] ?? "") : `tells of ${reads}`,
      ]),
    ),
    "Prometheus has a network with each container that it reads, and these share none with each other. What it opens: a container that is read\n" +
      "can ask Prometheus, and so read all figures; it can change nothing there. What does not run here is not read. The node exporter tells of\n" +
      `processors, memory and disks of its machine; it has a network of its own, so it cannot tell of the machine's.`,
    ...more,
    smtp === null
      ? "Alarms are shown in Prometheus and Grafana, and sent to nobody: name a mail server in the stack file (`alarms: { email, smarthost }`)."
      : `Alarms are sent to ${plan.monitoring?.alarms?.email} by way of ${smtp.smarthost}.`,
    ...(mail === null
      ? []
      : [
          `Write the password of ${mail.user} at ${mail.smarthost} into \`${MAIL_PASSWORD_FILE}\` before the first start, and let the container's user\n` +
            "read it (`chmod 644`): git ignores it, and Alertmanager does not start without.",
        ]),
  ];
}

const SERVERS: Readonly<Record<string, string>> = {
  prometheus: `reads all others every few seconds, keeps ${RETENTION_DAYS} days, and knows what is an alert`,
  alertmanager: "tells people of alerts; nobody but Prometheus reaches it",
  grafana: "dashboards; no account: who reaches it may look, and change nothing",
};
