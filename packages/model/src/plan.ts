import type {
  AwsDefinition,
  ComponentKind,
  MonitoringDefinition,
  PipelineDefinition,
  PostgresDefinition,
  RedisDefinition,
  ServiceDefinition,
  Subnet,
} from "./definition.js";

/**
 * All that follows from a valid stack: what every target renders. Plain, frozen data that serialises to JSON.
 * Lists are in a fixed order, so that the same stack gives the same bytes.
 */
export interface Plan {
  readonly stack: string;
  /** In start order: each one after all that it uses. */
  readonly components: readonly PlannedComponent[];
  readonly links: readonly Link[];
  readonly hosts: readonly PlannedHost[];
  /** Every packet that may cross a host's border; all else is refused. */
  readonly rules: readonly NetworkRule[];
  /** Every secret by name, those that follow from a component (`db-password`) included. Sorted. */
  readonly secrets: readonly string[];
  readonly scrapes: readonly ScrapeTarget[];
  readonly monitoring: MonitoringDefinition | null;
  readonly pipeline: PipelineDefinition | null;
  /** How it is set up on AWS, with an instance type for every host; the defaults where the stack says nothing. */
  readonly aws: AwsDefinition;
}

export interface PlannedComponent {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly host: string;
  readonly port: number | null;
  readonly public: boolean;
  /** Names of the components that must be healthy before it starts. Sorted. */
  readonly after: readonly string[];
  /** Variables by name, sorted by name. */
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly health: HealthCheck;
  /** Path of the Prometheus text it serves itself; `null`: none. */
  readonly metrics: string | null;
  /** Most memory that each copy of it may take, in MiB. */
  readonly memoryMb: number;
  /** What is particular to its kind. */
  readonly source: ComponentSource;
}

/** The options of a component that no other field of the plan holds, as the definition has them. */
export type ComponentSource = ServiceSource | RedisSource | PostgresSource;

export interface ServiceSource extends Omit<ServiceDefinition, "name" | "port" | "public" | "uses" | "env" | "metrics" | "memoryMb"> {}

export interface RedisSource extends Omit<RedisDefinition, "name" | "port" | "memoryMb"> {}

export interface PostgresSource extends Omit<PostgresDefinition, "name" | "port" | "memoryMb"> {
  /** Name of the secret that holds its password. */
  readonly passwordSecret: string;
}

export type HealthCheck =
  /** `ready`: the path that answers whether it can do its work. `live`: the one that answers 503 only where a restart would help. */
  | { readonly kind: "http"; readonly port: number; readonly ready: string; readonly live: string }
  | { readonly kind: "redis-ping" }
  | { readonly kind: "postgres-ready" }
  /** No port to ask: it is healthy while the process runs. */
  | { readonly kind: "process" };

/**
 * A variable's value, its parts joined. A target fills in addresses and secrets in its own way
 * (`renderEnv`): the link is written once, its address nowhere.
 */
export type EnvValue = readonly EnvPiece[];

export type EnvPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "host"; readonly of: string }
  | { readonly kind: "port"; readonly of: string }
  | { readonly kind: "secret"; readonly name: string }
  /** The address of a public service as a browser outside the stack opens it, without a slash at its end. */
  | { readonly kind: "page"; readonly of: string };

/** One component uses another. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** The author's name for it: `uses: { queue: redis }`. */
  readonly alias: string;
  /** The port that `to` listens on. */
  readonly port: number;
  readonly protocol: "tcp";
  readonly fromHost: string;
  readonly toHost: string;
}

export interface PlannedHost {
  readonly name: string;
  readonly subnet: Subnet;
  /** The availability zone that it is in: 1, or 2 where the stack has two. */
  readonly zone: 1 | 2;
  /** The subnet's range, for example 10.0.1.0/24. */
  readonly cidr: string;
  /** The one host through which operators reach the others by SSH. */
  readonly bastion: boolean;
  /** Names of its components, in start order. */
  readonly runs: readonly string[];
}

export interface NetworkRule {
  /** The security group that has the rule: the name of its host. */
  readonly group: string;
  readonly direction: "ingress" | "egress";
  readonly port: number;
  readonly protocol: "tcp";
  /** The other end: where an ingress rule lets in from, where an egress rule lets out to. */
  readonly source: RuleSource;
  /** Why it is there, in letters, digits, spaces, hyphens, commas and semicolons. Not limited in length: many links may share a rule. */
  readonly purpose: string;
}

export type RuleSource = { readonly cidr: string } | { readonly group: string };

/** The operator's address in a rule: known at deploy time only, so targets make it a required variable. */
export const OPERATOR_CIDR = "operator_cidr";

/** One address that Prometheus reads. Only a stack with monitoring has any. */
export interface ScrapeTarget {
  /** "prometheus", "node-exporter", or the name of the component that it tells of. */
  readonly job: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** The component it tells of; `null`: the host itself, or Prometheus. */
  readonly component: string | null;
  /** The program that a target has to install there; `null`: what it tells of answers itself. */
  readonly exporter: Exporter | null;
}

export type Exporter = "node" | "redis" | "postgres";
