import { ALERTMANAGER_PORT, GRAFANA_PORT, type Plan, PROMETHEUS_PORT, shellWord } from "@groundplan/model";
import type { Container } from "../containers/container.js";
import type { OutputPlace, Target } from "../target.js";
import { shell, table } from "../text/words.js";
import { monitoringContainers } from "./containers.js";
import { hostReach, SMTP_PASSWORD_FILE } from "./reach.js";
import { renderMonitoring } from "./render-monitoring.js";
import { isAlert } from "./rule.js";
import { ruleGroups } from "./rule-groups.js";
import { promDuration, RETENTION_DAYS, SCRAPE_SECONDS } from "./timing.js";
import { type Watched, watchedOf } from "./watched.js";

/** Prometheus, Alertmanager and Grafana for a stack, as files that these programs read. */
export const monitoringTarget: Target = {
  name: "monitoring",
  summary: "Prometheus, Alertmanager and Grafana: what they read, rules, alerts and dashboards",
  render: (plan, place) => {
    const readme = { path: "README.md", text: renderReadme(plan, place) };
    if (plan.monitoring === null) return { files: [readme], secretFiles: [], notes: [NONE] };
    const kept =
      plan.monitoring.alarms?.smtp?.user == null
        ? []
        : [{ path: ".gitignore", text: "# The password of the mail server.\nalertmanager/smtp-password\n" }];
    return { files: [...renderMonitoring(plan, hostReach(plan)), ...kept, readme], secretFiles: [], notes: notesOf(plan) };
  },
  next: (folder) => `less ${folder}/README.md`,
};

const NONE = "this stack has no monitoring, so there is nothing to write: add s.monitoring({ on: <a public host> }) to the stack file";

function notesOf({ monitoring, components }: Plan): readonly string[] {
  const unread = components.filter(({ kind, metrics }) => kind === "service" && metrics === null).map(({ name }) => name);
  const shown = monitoring?.alarms == null ? "the stack names nobody to send alarms to" : "alarms.smarthost names no mail server";
  return [
    ...unread.map((name) => `${name} has no metrics, so no alert tells when it is down`),
    ...(monitoring?.alarms?.smtp == null ? [`${shown}: with these files alarms are shown and sent to nobody`] : []),
  ];
}

/** README.md beside the files: how to run the three programs with them by hand. */
function renderReadme(plan: Plan, place: OutputPlace): string {
  const again = shell(`npx groundplan synth monitoring --stack ${place.stackFolder} --out .`);
  const title = `# Monitoring of the stack "${plan.stack}"`;
  if (plan.monitoring === null) {
    return `${[
      title,
      "It declares none. Write `s.monitoring({ on: <a public host> })` into the stack file, and make these files anew:",
      again,
    ].join("\n\n")}\n`;
  }
  const watched = watchedOf(plan, hostReach(plan));
  const sections = [
    title,
    "Made by groundplan. Change the stack file, not these files, and make them anew:",
    again,
    ...running(plan, plan.monitoring.on),
    ...reading(watched),
    ...alerting(plan, watched),
  ];
  return `${sections.join("\n\n")}\n`;
}

function running(plan: Plan, on: string): readonly string[] {
  const containers = monitoringContainers(plan);
  const here = containers.filter(({ host, reads, seesHost }) => host === on && reads === null && !seesHost);
  return [
    "## Run",
    `All addresses are the host names of the stack. On \`${on}\`, with this folder as the working directory:`,
    shell(...here.map((container) => dockerRun(container))),
    `Prometheus is at port ${PROMETHEUS_PORT}, Grafana at ${GRAFANA_PORT} (no account: who reaches it may look), Alertmanager at ` +
      `${ALERTMANAGER_PORT} for Prometheus alone.\nPrometheus keeps ${RETENTION_DAYS} days. Where the host names are not known to the DNS, add ` +
      "`--add-host <name>:<address>` for each.",
    "Without Docker, with the programs of Debian:",
    shell(
      "promtool check config prometheus/prometheus.yml",
      "amtool check-config alertmanager/alertmanager.yml",
      `prometheus --config.file=prometheus/prometheus.yml --storage.tsdb.retention.time=${RETENTION_DAYS}d`,
      "prometheus-alertmanager --config.file=alertmanager/alertmanager.yml --cluster.listen-address=",
    ),
    "After a change of the files, without a restart: `kill -HUP` of Prometheus and of Alertmanager.",
  ];
}

function dockerRun({ name, image, env, volumes, command }: Container): string {
  const mounts = volumes.map(({ kind, source, target, readOnly }) => {
    const from = kind === "files" ? `"$PWD/${source}"` : source;
    return `--volume ${from}:${target}${readOnly ? ":ro" : ""}`;
  });
  const variables = Object.entries(env).map(([variable, value]) => {
    const text = value.map((part) => (part.kind === "text" ? part.text : "")).join("");
    return `--env ${shellWord(`${variable}=${text}`)}`;
  });
  const parts = [
    `docker run --detach --name ${name} --network host --restart unless-stopped`,
    ...mounts,
    ...variables,
    image.kind === "ready" ? image.reference : "",
    ...command,
  ];
  return parts.join(" \\\n  ");
}

function reading({ scrapes }: Watched): readonly string[] {
  return [
    "## What is read",
    `Every ${SCRAPE_SECONDS} seconds. Where a program has to be installed for it, it is named.`,
    table(
      ["what", "host", "port", "path", "program"],
      scrapes.map(({ job, host, port, path, exporter }) => [
        job,
        host,
        String(port),
        `\`${path}\``,
        exporter === null ? "" : `${exporter}_exporter`,
      ]),
    ),
  ];
}

function alerting({ monitoring }: Plan, watched: Watched): readonly string[] {
  const alerts = ruleGroups(watched)
    .flatMap(({ rules }) => rules)
    .filter(isAlert);
  const once = alerts.filter(({ alert }, index) => alerts.findIndex((other) => other.alert === alert) === index);
  const smtp = monitoring?.alarms?.smtp ?? null;
  const login =
    smtp === null || smtp.user === null
      ? []
      : [
          `Write the password of ${smtp.user} at ${smtp.smarthost} into \`alertmanager/smtp-password\`, which is \`${SMTP_PASSWORD_FILE}\` there.`,
        ];
  return [
    "## Alerts",
    "page: somebody gets up for it. ticket: it can wait for the morning. Each has a page that says what to look at and what to do.",
    table(
      ["alert", "severity", "after", "page"],
      once.map(({ alert, severity, forSeconds }) => [alert, severity, promDuration(forSeconds), `\`${monitoring?.runbooks}/${alert}.md\``]),
    ),
    smtp === null
      ? "They are shown, and sent to nobody: name a mail server in the stack file with `alarms: { email, smarthost }`."
      : `They are sent to ${monitoring?.alarms?.email} by way of ${smtp.smarthost}.`,
    ...login,
  ];
}
