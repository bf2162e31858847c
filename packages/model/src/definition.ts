import type { AwsDefinition } from "./builder/aws.js";
import type { PostgresDefinition, RedisDefinition } from "./builder/databases.js";
import type { HostDefinition } from "./builder/host.js";
import type { MonitoringDefinition } from "./builder/monitoring.js";
import type { PipelineDefinition } from "./builder/pipeline.js";
import type { ServiceDefinition } from "./builder/service.js";
import type { Problem } from "./problem.js";

export type { AwsDefinition } from "./builder/aws.js";
export type { PostgresDefinition, RedisDefinition } from "./builder/databases.js";
export { UNREADABLE } from "./builder/handles.js";
export type { HostDefinition } from "./builder/host.js";
export type { BuildDefinition } from "./builder/image.js";
export type { AlarmsDefinition, MonitoringDefinition, SmtpDefinition } from "./builder/monitoring.js";
export type { PipelineDefinition, PipelineLag, PipelineLevel, PipelineMetric } from "./builder/pipeline.js";
export type { EnvInput, HealthDefinition, ServiceDefinition } from "./builder/service.js";

/**
 * A stack as its author wrote it, with the defaults of what was not written: plain, frozen data that serialises to JSON.
 * Nothing here is checked yet; `checkStack` does that, and derives everything else.
 */
export interface StackDefinition {
  /** Tells a stack from any other default export. */
  readonly kind: "groundplan.stack";
  readonly name: string;
  /** In the order of declaration. */
  readonly components: readonly ComponentDefinition[];
  readonly hosts: readonly HostDefinition[];
  /** Names of the secrets that the stack asks for; every target generates and keeps their values. */
  readonly secrets: readonly string[];
  readonly monitoring: MonitoringDefinition | null;
  readonly pipeline: PipelineDefinition | null;
  readonly aws: AwsDefinition | null;
  /**
   * What the author wrote that fits into none of the above, such as an option that does not exist.
   * `checkStack` reports it together with its own findings.
   */
  readonly mistakes: readonly Problem[];
}

export type ComponentDefinition = ServiceDefinition | RedisDefinition | PostgresDefinition;
export type ComponentKind = ComponentDefinition["kind"];
export type Subnet = HostDefinition["subnet"];
