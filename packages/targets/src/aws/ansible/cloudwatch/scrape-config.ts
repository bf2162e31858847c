import type { Plan, PlannedHost } from "@groundplan/model";
import { renderYaml } from "../../../yaml/render-yaml.js";
import { inline, map, quoted } from "../../../yaml/yaml-value.js";
import { metricsOfHost } from "./agent-config.js";

/** Alarms look at each minute: two scrapes in it, so that none is empty because a scrape came a moment late. */
const SCRAPE_SECONDS = 30;

/** What the CloudWatch agent reads of the services of its host, as a template: Prometheus' own format. */
export function renderScrapeConfig(plan: Plan, host: PlannedHost): string {
  const services = [...new Set(metricsOfHost(plan, host).map(({ service }) => service))];
  return renderYaml(
    "What the CloudWatch agent reads of the services of this host, for the alarms on the stack's flow.",
    map({
      global: map({ scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: "10s" }),
      scrape_configs: services.map((service) => {
        const { port = null, metrics = null } = plan.components.find(({ name }) => name === service) ?? {};
        return map({
          job_name: quoted(service),
          metrics_path: quoted(metrics ?? "/metrics"),
          static_configs: [map({ targets: inline([quoted(`{{ private_ip }}:${port}`)]), labels: map({ service: quoted(service) }) })],
        });
      }),
    }),
  );
}
