import type { Plan } from "@groundplan/model";
import { monitoringContainers } from "../../../monitoring/containers/monitoring-containers.js";
import type { GeneratedFile } from "../../../target.js";
import { renderVariablesTemplate } from "../env-template.js";
import { deployMonitoring } from "../playbooks.js";
import { shipped } from "../shipped.js";
import { monitoringFiles } from "./monitoring-files.js";
import { renderMonitoringVariables } from "./monitoring-variables.js";

/** Files that other programs read are theirs to check: promtool, amtool. */
const ANSIBLE_LINT = `exclude_paths:
  - monitoring/
`;

/** What brings Prometheus, Alertmanager, Grafana and the exporters to the hosts; none for a stack without monitoring. */
export function deployMonitoringFiles(plan: Plan): readonly GeneratedFile[] {
  if (plan.monitoring === null) return [];
  // The node exporter is on every host.
  const variables = new Map(monitoringContainers(plan).map(({ name, env }) => [name, renderVariablesTemplate(env, plan)]));
  return [
    { path: "playbooks/deploy-monitoring.yml", text: deployMonitoring(plan.monitoring.on) },
    { path: ".ansible-lint", text: ANSIBLE_LINT },
    { path: "tasks/write-monitor-files.yml", text: shipped("tasks/write-monitor-files.yml") },
    { path: "files/write_files.py", text: shipped("files/write_files.py") },
    { path: "group_vars/all/monitoring.yml", text: renderMonitoringVariables(plan) },
    ...[...variables].map(([name, text]) => ({ path: `env/${name}.env.j2`, text })),
    ...monitoringFiles(plan).map(({ path, text }) => ({ path: `monitoring/${path}`, text })),
  ];
}
