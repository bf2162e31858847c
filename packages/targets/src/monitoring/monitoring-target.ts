import type { Plan } from "@groundplan/model";
import type { Target } from "../target.js";
import { hostReach } from "./reach.js";
import { renderMonitoring } from "./render-monitoring.js";
import { renderMonitoringReadme } from "./render-monitoring-readme.js";

/** Prometheus, Alertmanager and Grafana for a stack, as files that these programs read. */
export const monitoringTarget: Target = {
  name: "monitoring",
  summary: "Prometheus, Alertmanager and Grafana: what they read, rules, alerts and dashboards",
  render: (plan, place) => {
    const readme = { path: "README.md", text: renderMonitoringReadme(plan, place) };
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
