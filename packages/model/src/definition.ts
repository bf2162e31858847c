import type { Problem } from "./problem.js";

/**
 * A stack as its author wrote it: plain, frozen data that serialises to JSON.
 * Nothing here is checked yet; `validateStack` does that, and `planOf` derives everything else.
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
   * `validateStack` reports it together with its own findings.
   */
  readonly mistakes: readonly Problem[];
}

/** Stands for a name that could not be read: it is among the `mistakes`, so no rule reports it again. */
export const UNREADABLE = "";

export type ComponentDefinition = ServiceDefinition | RedisDefinition | PostgresDefinition;
export type ComponentKind = ComponentDefinition["kind"];

interface NamedComponent {
  /** A DNS label: every target uses it as a host name, a container name or a resource name. */
  readonly name: string;
  /** Most memory that each copy of it may take, in MiB. */
  readonly memoryMb: number;
}

/** A program of the author's own. */
export interface ServiceDefinition extends NamedComponent {
  readonly kind: "service";
  /** Folder with the Dockerfile and the program, relative to the stack file. */
  readonly build: string | null;
  /** A ready image, instead of `build`. */
  readonly image: string | null;
  /** Program and arguments that make ready what the Dockerfile copies, run in the folder `build` before the image is built. */
  readonly prepare: readonly string[] | null;
  /** Program and arguments that run it on a laptop, in the folder `build` (or the stack's). */
  readonly command: readonly string[] | null;
  /** The same under `up --watch`; `null` means `command`. */
  readonly dev: readonly string[] | null;
  /** Folders, relative to the stack file, whose changes restart it under `up --watch`, besides `build`. */
  readonly watch: readonly string[];
  /** The port it listens on, given to it as `PORT`. `null`: it listens on none, so no link may lead to it. */
  readonly port: number | null;
  /** Reachable from outside the stack. */
  readonly public: boolean;
  /** Alias -> name of the component. The alias names the variables: `uses: { db }` gives `DB_URL`, `DB_HOST`, `DB_PORT`. */
  readonly uses: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, EnvInput>>;
  /** Path that answers 200 when it can do its work, 503 with a reason when not. */
  readonly health: string;
  /** Program and arguments that ask for its health inside its container (exit code 0: healthy). `null`: as its image says. */
  readonly healthCommand: readonly string[] | null;
  /** Path of its Prometheus text; `null`: it has none. */
  readonly metrics: string | null;
  /** How many copies run where a target can run several. */
  readonly replicas: number;
  /** Its container has a read-only file system (but for /tmp), no Linux capabilities, and can gain no privileges. */
  readonly hardened: boolean;
  /** Whether it may open connections that leave the stack. */
  readonly internet: boolean;
}

export interface RedisDefinition extends NamedComponent {
  readonly kind: "redis";
  readonly image: string;
  readonly port: number;
  /** Component whose address its clients get on a laptop without a Redis server. They tell by the URL's scheme. */
  readonly standIn: string | null;
}

export interface PostgresDefinition extends NamedComponent {
  readonly kind: "postgres";
  readonly image: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Text, a secret of the stack by name, or the address of a page. */
export type EnvInput = string | SecretRef | PageRef;

export interface SecretRef {
  readonly secret: string;
}

/** Where people find a public service in their browser. No link: nothing inside the stack opens it. */
export interface PageRef {
  /** Name of the service. */
  readonly page: string;
}

export type Subnet = "public" | "private";

export interface HostDefinition {
  readonly name: string;
  readonly subnet: Subnet;
  /** Names of the components that run on it. */
  readonly runs: readonly string[];
}

export interface MonitoringDefinition {
  /** Name of the host that Prometheus and Grafana run on. */
  readonly on: string;
  /** Who may open Grafana and Prometheus: a CIDR. Default: 0.0.0.0/0 */
  readonly openTo: string;
  readonly alarms: AlarmsDefinition | null;
  /** Where the page of each alert lies, a folder or URL without a slash at its end: `<runbooks>/<alert>.md`. Default: docs/runbooks */
  readonly runbooks: string;
}

export interface AlarmsDefinition {
  readonly email: string;
  /** The mail server that takes alarms; `null`: only a target with a way of its own (SNS on AWS) sends any. */
  readonly smtp: SmtpDefinition | null;
}

export interface SmtpDefinition {
  /** For example "smtp.example.com:587". */
  readonly smarthost: string;
  readonly from: string;
  /** `null`: the server asks for no name and password. */
  readonly user: string | null;
}

/** How the stack is set up on AWS. */
export interface AwsDefinition {
  readonly region: string;
  /** Name of a host -> instance type, for example "t3.small". */
  readonly instanceTypes: Readonly<Record<string, string>>;
  readonly availabilityZones: 1 | 2;
  /** Whether private hosts have a way out, by a NAT gateway. */
  readonly nat: boolean;
  /** Public services are found at https://<service>.<domain>; `null`: by http at their host's address. */
  readonly domain: string | null;
}

/**
 * What the stack says of its own flow, for the pages and alerts that show it: counters that should agree
 * once everything has drained, from first to last, and what tells how it goes in between.
 */
export interface PipelineDefinition {
  readonly levels: readonly PipelineLevel[];
  readonly lag: PipelineLag | null;
  /** Histograms, in seconds; `metric` is their name without `_bucket`. */
  readonly latencies: readonly PipelineMetric[];
  /** Counters of what went wrong. */
  readonly errors: readonly PipelineMetric[];
  /** Gauges that are above 0 while the flow waits for a person. Default: none. */
  readonly stops?: readonly PipelineMetric[];
}

export interface PipelineMetric {
  /** As it is shown, for example "accepted". */
  readonly name: string;
  /** Name of the service whose metrics hold it. */
  readonly service: string;
  /** Name of the metric, for example "votes_accepted_total"; several series are added up. */
  readonly metric: string;
}

export interface PipelineLevel extends PipelineMetric {
  /** Each copy of the service tells the total of the whole stack, not its own share: copies are not added up. */
  readonly shared: boolean;
}

/** What waits between two levels. */
export interface PipelineLag {
  /** Name of the service whose metrics hold the gauge. Each copy of it tells the same. */
  readonly service: string;
  readonly metric: string;
  /** Name of the service that takes out what waits: the one that is stalled when nothing moves. */
  readonly drainedBy: string;
}
