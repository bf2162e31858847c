export { AWS, type AwsOptions } from "./builder/aws.js";
export { POSTGRES, type PostgresOptions, passwordSecretOf, REDIS, type RedisOptions } from "./builder/databases.js";
export type {
  ComponentHandle,
  HostHandle,
  LinkTarget,
  ListeningService,
  Metric,
  MetricCopies,
  Page,
  PostgresHandle,
  PublicService,
  RedisHandle,
  Secret,
  ServiceHandle,
  Variables,
} from "./builder/handles.js";
export { HOST, type HostOptions } from "./builder/host.js";
export { BUILD, type BuildOptions, type BuiltImage, build, buildOf, readyImageOf } from "./builder/image.js";
export { isSqlName, MEMORY_MB } from "./builder/kinds.js";
export { ALARMS, type AlarmOptions, MONITORING, type MonitoringOptions } from "./builder/monitoring.js";
export { LAG, PIPELINE, type PipelineOptions } from "./builder/pipeline.js";
export { HEALTH, SERVICE, type ServiceOptions, WATCH } from "./builder/service.js";
export { defaultsOf, type Shape } from "./builder/shape.js";
export { type StackBuilder, stack } from "./builder/stack.js";
export { type CheckedStack, checkStack, planOf } from "./check-stack.js";
export type * from "./definition.js";
export { envPrefix } from "./env-name.js";
export { nearest, suggestName } from "./nearest.js";
export * from "./plan.js";
export { type EnvNaming, linkEnv, renderEnv, withStandIns } from "./planning/env.js";
export { NETWORK_CIDR, subnetCidr } from "./planning/planned-hosts.js";
export { ALERTMANAGER_PORT, BLACKBOX_PORT, exporterNameOf, GRAFANA_PORT, PROMETHEUS_PORT } from "./planning/scrapes.js";
export * from "./problem.js";
export { type Cause, type ExplainedReach, explainedReachability } from "./reach/causes.js";
export { type ChangedReach, diffReach, type ReachDiff } from "./reach/diff-reach.js";
export { INTERNET, OPERATOR, type Reach, type ReachEnd, type RuleSet } from "./reach/reach.js";
export { type ReachPath, reachPaths } from "./reach/reach-paths.js";
export { type ReachWarning, type ReachWarningCode, reachWarnings } from "./reach/reach-warnings.js";
export { reachability } from "./reach/reachability.js";
export { calledEnd, whyNot } from "./reach/why-not.js";
export { shellWord } from "./show.js";
export { nameLike, nameProblem } from "./validation/names.js";
