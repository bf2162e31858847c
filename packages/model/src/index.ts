export type { AwsOptions } from "./builder/aws.js";
export type { ComponentHandle, ComponentReference, HostHandle, PostgresHandle, RedisHandle, ServiceHandle } from "./builder/handle.js";
export type { HostOptions } from "./builder/host.js";
export type { AlarmOptions, MonitoringOptions } from "./builder/monitoring.js";
export type {
  MetricOptions,
  PipelineErrorOptions,
  PipelineLagOptions,
  PipelineLatencyOptions,
  PipelineLevelOptions,
  PipelineOptions,
} from "./builder/pipeline.js";
export type { PostgresOptions } from "./builder/postgres.js";
export type { RedisOptions } from "./builder/redis.js";
export type { ServiceOptions } from "./builder/service.js";
export { stack } from "./builder/stack.js";
export type { StackBuilder } from "./builder/stack-builder.js";
export type * from "./definition.js";
export { envPrefix } from "./env-name.js";
export { nearest, suggestName } from "./nearest.js";
export * from "./plan.js";
export { ALERTMANAGER_PORT, BLACKBOX_PORT, exporterNameOf, GRAFANA_PORT, PROMETHEUS_PORT } from "./planning/monitoring-ports.js";
export { planOf } from "./planning/plan-of.js";
export { NETWORK_CIDR, subnetCidr } from "./planning/planned-hosts.js";
export { type EnvNaming, renderEnv } from "./planning/render-env.js";
export { withStandIns } from "./planning/with-stand-ins.js";
export * from "./problem.js";
export { type Cause, type ExplainedReach, explainedReachability } from "./reach/causes.js";
export { type ChangedReach, diffReach, type ReachDiff } from "./reach/diff-reach.js";
export { INTERNET, OPERATOR, type Reach, type ReachEnd, type RuleSet } from "./reach/reach.js";
export { type ReachPath, reachPaths } from "./reach/reach-paths.js";
export { type ReachWarning, type ReachWarningCode, reachWarnings } from "./reach/reach-warnings.js";
export { reachability } from "./reach/reachability.js";
export { calledEnd, whyNot } from "./reach/why-not.js";
export { UserError, type UserProblem } from "./user-error.js";
export { validateStack } from "./validation/validate-stack.js";
