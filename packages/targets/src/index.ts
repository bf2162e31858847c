export { type ContainerPlan, containerPlanOf } from "./containers/container-plan.js";
export { DEFAULT_TAG, imageNameOf } from "./containers/image-name.js";
export { MAIL_PASSWORD_FILE, mailPassword } from "./containers/mail-password.js";
export { type MonitoringPart, scrapedName } from "./containers/monitoring-parts.js";
export { portSetting } from "./containers/settings.js";
export { GRAPH_STYLE } from "./graph/graph-style.js";
export { renderMermaid } from "./graph/render-mermaid.js";
export { renderSvg } from "./graph/render-svg.js";
export type { MonitoringContainer, MonitoringVolume } from "./monitoring/containers/monitoring-container.js";
export { monitoringContainers } from "./monitoring/containers/monitoring-containers.js";
export { MONITORING_IMAGES } from "./monitoring/containers/monitoring-images.js";
export { dashboardsOf } from "./monitoring/grafana/dashboards.js";
export { type PanelExpression, queriesOf } from "./monitoring/grafana/queries-of.js";
export { type PrometheusPlaces, prometheusArguments } from "./monitoring/prometheus/prometheus-arguments.js";
export {
  type AlarmReceiver,
  type CertificateProbe,
  hostReach,
  type MonitoringReach,
  type ScrapeAddress,
  SMTP_PASSWORD_FILE,
  smtpReceiver,
} from "./monitoring/reach.js";
export { renderMonitoring } from "./monitoring/render-monitoring.js";
export { type AlertRule, isAlert, type RecordingRule, type Rule, type RuleGroup } from "./monitoring/rules/rule.js";
export { ruleGroups } from "./monitoring/rules/rule-groups.js";
export { RETENTION_DAYS, SCRAPE_SECONDS } from "./monitoring/timing.js";
export { type Watched, watchedOf } from "./monitoring/watched.js";
export { type SwarmPlan, swarmPlanOf } from "./swarm/swarm-plan.js";
export type { GeneratedFile, OutputPlace, Rendered, SecretFile, SecretPart, Target } from "./target.js";
export { TARGETS } from "./targets.js";
