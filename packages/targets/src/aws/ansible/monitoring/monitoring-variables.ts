import { ALERTMANAGER_PORT, type Plan, PROMETHEUS_PORT } from "@groundplan/model";
import { monitoringContainers } from "../../../monitoring/containers/monitoring-containers.js";
import { monitoringOf } from "../../../monitoring/reach.js";
import { renderYaml } from "../../../yaml/render-yaml.js";
import { inline, map, mapEach, noted, quoted, section } from "../../../yaml/yaml-value.js";
import { sendsAlarms } from "../../terraform/identity.js";
import { componentValue } from "../variables.js";
import { filesRead } from "./monitoring-files.js";
import { monitorsByHost } from "./monitors.js";

/** group_vars/all/monitoring.yml: what runs for monitoring, and the settings of the CloudWatch agent. */
export function renderMonitoringVariables(plan: Plan): string {
  const { on } = monitoringOf(plan);
  const reading = monitoringContainers(plan)
    .map((container) => ({ name: container.name, paths: filesRead(container, plan) }))
    .filter(({ paths }) => paths.length > 0);
  return renderYaml(
    `The monitoring of "${plan.stack}". Made by groundplan: change the stack file; settings belong into a file of your own beside this one (zz-mine.yml).`,
    map({
      monitors_left_out: section("Containers below that are not wanted, for example [grafana].", inline([])),
      cloudwatch_agent_version: section(
        'Of Amazon\'s package: "latest" is installed where there is none, and then left alone; a version is seen to.',
        "latest",
      ),
      cloudwatch_agent_source: section(
        "Where Amazon publishes it. Whoever mirrors it there needs its signature and key beside it.",
        quoted("https://amazoncloudwatch-agent.s3.amazonaws.com"),
      ),
      cloudwatch_agent_fingerprint: section(
        "The key that signs it: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html",
        quoted("937616F3450B7D806CBD9725D58167303B789C72"),
      ),
      sends_alarms: section("Whether Alertmanager sends alarms to the topic that Terraform made.", sendsAlarms(plan)),
      monitor_folder: section("Files of Prometheus, Alertmanager and Grafana.", quoted("{{ inventory_dir }}/monitoring/")),
      monitor_files: noted(
        "Who reads what there.",
        mapEach(reading, ({ name, paths }) => [name, paths.map(quoted)]),
      ),
      monitor_sums: noted(
        "Their contents in a word each.",
        mapEach(reading, ({ name }) => [name, quoted(sumOf(name))]),
      ),
      monitor_links: section(
        "Who must be able to open which port of the monitoring host.",
        [["prometheus", ALERTMANAGER_PORT] as const, ["grafana", PROMETHEUS_PORT] as const].map(([from, port]) =>
          inline(map({ as: from, to: on, port })),
        ),
      ),
      monitors: section(
        "Host -> what runs there. As in components.yml.",
        mapEach([...monitorsByHost(plan)], ([host, monitors]) => [host, mapEach(monitors, (one) => [one.name, componentValue(one)])]),
      ),
    }),
  );
}

function sumOf(name: string): string {
  const paths = `monitor_files['${name}'] | map('regex_replace', '^', monitor_folder)`;
  return `{{ query('ansible.builtin.file', *(${paths})) | to_json | hash('sha256') }}`;
}
