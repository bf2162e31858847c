import { awsTarget } from "./aws/aws-target.js";
import { composeTarget } from "./compose/compose-target.js";
import { renderMermaid } from "./graph/mermaid.js";
import { renderSvg } from "./graph/svg.js";
import { monitoringTarget } from "./monitoring/monitoring-target.js";
import { swarmTarget } from "./swarm/swarm-target.js";
import type { Target } from "./target.js";

export { type HostPlan, type HostsPlan, hostsPlanOf } from "./aws/hosts-plan.js";
export type { Variable } from "./aws/terraform/variables.js";
export type { Container, ContainerImage, ContainerPort, UserFile } from "./containers/container.js";
export { isOpenToPeople } from "./containers/container.js";
export { type ContainerPlan, containerPlanOf } from "./containers/container-plan.js";
export { DEFAULT_TAG, imageNameOf, portSetting } from "./containers/settings.js";
export { renderMermaid } from "./graph/mermaid.js";
export { GRAPH_STYLE, renderSvg } from "./graph/svg.js";
export { MONITORING_IMAGES, type MonitoringContainer, monitoringContainers, scrapedName } from "./monitoring/containers.js";
export { dashboardsOf, type PanelExpression, queriesOf } from "./monitoring/dashboards.js";
export { type PrometheusPlaces, prometheusArguments } from "./monitoring/prometheus.js";
export {
  type AlarmReceiver,
  type CertificateProbe,
  hostReach,
  MAIL_PASSWORD_FILE,
  type MonitoringReach,
  mailPassword,
  type ScrapeAddress,
  SMTP_PASSWORD_FILE,
  smtpReceiver,
} from "./monitoring/reach.js";
export { renderMonitoring } from "./monitoring/render-monitoring.js";
export { type AlertRule, isAlert, type RecordingRule, type Rule, type RuleGroup } from "./monitoring/rule.js";
export { ruleGroups } from "./monitoring/rule-groups.js";
export { RETENTION_DAYS, SCRAPE_SECONDS } from "./monitoring/timing.js";
export { type Watched, watchedOf } from "./monitoring/watched.js";
export { type SwarmPlan, swarmPlanOf } from "./swarm/swarm-plan.js";
export type { GeneratedFile, OutputPlace, Rendered, SecretFile, SecretPiece, Target } from "./target.js";

/** The stack's diagrams, to keep beside its documentation. */
const graphTarget: Target = {
  name: "graph",
  summary: "diagrams of the stack: graph.mmd (Mermaid) and graph.svg",
  render: (plan) => ({
    files: [
      { path: "graph.mmd", text: renderMermaid(plan) },
      { path: "graph.svg", text: renderSvg(plan) },
    ],
    secretFiles: [],
    notes: [],
  }),
  next: () => null,
};

/** Every target that `groundplan synth` knows. A new one is a line here. */
export const TARGETS: readonly Target[] = [graphTarget, composeTarget, swarmTarget, monitoringTarget, awsTarget];
