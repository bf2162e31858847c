import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../../../target.js";
import { logGroupsOf, reportingHosts } from "../../cloudwatch.js";
import { plainScalar, shipped } from "../shipped.js";
import { AGENT_FOLDER, agentConfig, metricsOfHost, SCRAPE_FILE } from "./agent-config.js";
import { renderScrapeConfig } from "./scrape-config.js";

/** What sets up the CloudWatch agent: playbook, tasks, and its configuration for each host; none for a stack without monitoring. */
export function cloudwatchFiles(plan: Plan): readonly GeneratedFile[] {
  if (plan.monitoring === null) return [];
  const hosts = reportingHosts(plan);
  return [
    { path: "playbooks/setup-cloudwatch.yml", text: setupCloudwatch(plan) },
    { path: "tasks/install-cloudwatch-agent.yml", text: shipped("tasks/install-cloudwatch-agent.yml") },
    ...hosts.map((host) => ({ path: `cloudwatch/${host.name}.json`, text: `${JSON.stringify(agentConfig(plan, host), null, 2)}\n` })),
    ...hosts
      .filter((host) => metricsOfHost(plan, host).length > 0)
      .map((host) => ({ path: `cloudwatch/${host.name}.scrape.yml.j2`, text: renderScrapeConfig(plan, host) })),
  ];
}

function setupCloudwatch(plan: Plan): string {
  const hosts = reportingHosts(plan);
  const namesOf = (some: typeof hosts) => some.map(({ name }) => plainScalar(name)).join(", ");
  return shipped("playbooks/setup-cloudwatch.yml", {
    REPORTING_HOSTS: namesOf(hosts),
    SCRAPING_HOSTS: namesOf(hosts.filter((host) => metricsOfHost(plan, host).length > 0)),
    LOG_GROUPS: Object.values(logGroupsOf(plan)).join(", "),
    AGENT_FOLDER,
    SCRAPE_FILE,
  });
}
