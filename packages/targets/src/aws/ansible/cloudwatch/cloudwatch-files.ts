import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../../../target.js";
import { reportingHosts } from "../../cloudwatch.js";
import { agentConfig, metricsOfHost } from "./agent-config.js";
import { INSTALL_AGENT } from "./install-agent-tasks.js";
import { renderScrapeConfig } from "./scrape-config.js";
import { setupCloudwatch } from "./setup-cloudwatch.js";

/** What sets up the CloudWatch agent: playbook, tasks, and its configuration for each host; none for a stack without monitoring. */
export function cloudwatchFiles(plan: Plan): readonly GeneratedFile[] {
  if (plan.monitoring === null) return [];
  const hosts = reportingHosts(plan);
  return [
    { path: "playbooks/setup-cloudwatch.yml", text: setupCloudwatch(plan) },
    { path: "tasks/install-cloudwatch-agent.yml", text: INSTALL_AGENT },
    ...hosts.map((host) => ({ path: `cloudwatch/${host.name}.json`, text: `${JSON.stringify(agentConfig(plan, host), null, 2)}\n` })),
    ...hosts
      .filter((host) => metricsOfHost(plan, host).length > 0)
      .map((host) => ({ path: `cloudwatch/${host.name}.scrape.yml.j2`, text: renderScrapeConfig(plan, host) })),
  ];
}
