import { atComponent, atHost, atNthComponent } from "../at.js";
import { deepFreeze } from "../deep-freeze.js";
import type { ComponentDefinition, ComponentKind, StackDefinition } from "../definition.js";
import type { Problem, ProblemCode } from "../problem.js";
import { show } from "../show.js";
import { type AwsDefinition, type AwsOptions, readAws } from "./aws.js";
import {
  type PostgresDefinition,
  type PostgresOptions,
  type RedisDefinition,
  type RedisOptions,
  readPostgres,
  readRedis,
} from "./databases.js";
import {
  asHandle,
  type HostHandle,
  type MetricCopies,
  type Page,
  type PostgresHandle,
  type RedisHandle,
  type Secret,
  type ServiceHandleFor,
} from "./handles.js";
import { type HostDefinition, type HostOptions, readHost } from "./host.js";
import { type MonitoringDefinition, type MonitoringOptions, readMonitoring } from "./monitoring.js";
import { asMetric, type PipelineDefinition, type PipelineOptions, readPipeline } from "./pipeline.js";
import { pageOfProblem } from "./retired.js";
import { type EnvInput, readService, type ServiceDraft, type ServiceOptions, type ServicePort, variables } from "./service.js";
import type { Place, Reading } from "./shape.js";

/**
 * Declares the parts of a stack. Every name is a DNS label (a-z, 0-9, single hyphens, at most 40), since
 * targets use it as a host name. Nothing throws: mistakes are collected, and `groundplan check` reports them all.
 */
export interface StackBuilder {
  /**
   * A program of your own.
   *
   * @example const vote = s.service("vote", { image: build("./vote"), port: 80, public: true, uses: { queue: redis } });
   */
  service<const Port extends number | undefined = undefined, const Public extends boolean = false>(
    name: string,
    options: ServiceOptions & ServicePort<Port, Public>,
  ): ServiceHandleFor<Port, Public>;

  /**
   * A Redis server.
   *
   * @example const redis = s.redis("redis");
   */
  redis(name: string, options?: RedisOptions): RedisHandle;

  /**
   * A PostgreSQL server with one database.
   *
   * @example const db = s.postgres("db");
   */
  postgres(name: string, options?: PostgresOptions): PostgresHandle;

  /**
   * A value that nobody writes down: every target generates it once, keeps it, and gives it to the services that
   * have it in their `env`. It is URL-safe text (A-Z a-z 0-9 - _).
   *
   * @example s.service("vote", { image: build("./vote"), env: { VOTER_KEY: s.secret("voter-key") } });
   */
  secret(name: string): Secret;

  /**
   * A machine, and what runs on it. A stack that declares none has one, in the public subnet, which runs everything.
   *
   * @example s.host("backend", { subnet: "private", runs: [redis, worker] });
   */
  host(name: string, options: HostOptions): HostHandle;

  /**
   * Prometheus, Alertmanager and Grafana on one of the hosts, at most once in a stack.
   *
   * @example s.monitoring({ on: frontend, alarms: { email: "ops@example.com" } });
   */
  monitoring(options?: MonitoringOptions): void;

  /**
   * Counters that should agree once everything has drained, from first to last, and what else the stack can tell of its flow;
   * at most once in a stack.
   *
   * @example s.pipeline({ levels: { accepted: vote.metric("votes_accepted_total") } });
   */
  pipeline(options: PipelineOptions): void;

  /**
   * How the stack is set up on AWS, at most once in a stack.
   *
   * @example s.aws({ region: "eu-central-1", instanceTypes: { database: "t3.small" } });
   */
  aws(options: AwsOptions): void;
}

/** Runs everything where the stack declares no host. */
const ONLY_HOST = "main";

/** Where a service that is measured has its metrics, unless it says otherwise. */
const METRICS_PATH = "/metrics";

/**
 * Describes a stack once: its services, the links between them, and the hosts that they run on. Make it the default
 * export of `stack.ts`. It throws nothing of its own: `checkStack` reports what is wrong with the stack, all at once.
 *
 * @param name A DNS label of at most 40 letters: hosts, containers and resources are named after it.
 * @param define Declares everything before it returns. An error that it throws comes out as it is.
 * @example
 * export default stack("hello", (s) => {
 *   const backend = s.service("backend", { image: build("./backend"), port: 8000 });
 *   const frontend = s.service("frontend", { image: build("./frontend"), port: 80, public: true, uses: { backend } });
 * });
 */
export function stack(name: string, define: (s: StackBuilder) => void): StackDefinition {
  const declarations = new Declarations();
  const stackName = declarations.nameOf(name, "stack", "unnamed");
  runDefine(define, declarations.builder(), declarations);
  return declarations.definition(stackName);
}

/** What a stack file has declared so far, and what was wrong with it. */
class Declarations implements Reading {
  readonly #components: (ServiceDraft | RedisDefinition | PostgresDefinition)[] = [];
  readonly #hosts: HostDefinition[] = [];
  readonly #secrets: string[] = [];
  readonly #mistakes: (Problem | (() => Problem))[] = [];
  readonly #handles = new WeakSet<object>();
  /** Names of the services that a metric was taken of. */
  readonly #measured = new Set<string>();
  #monitoring: ((hosts: readonly string[]) => MonitoringDefinition) | null = null;
  #pipeline: PipelineDefinition | null = null;
  #aws: AwsDefinition | null = null;

  report(problem: Problem | (() => Problem)): void {
    this.#mistakes.push(problem);
  }

  owns(handle: object): boolean {
    return this.#handles.has(handle);
  }

  declared(kinds: readonly string[]): readonly { readonly kind: string; readonly name: string }[] {
    const hosts = this.#hosts.map(({ name }) => ({ kind: "host", name }));
    return [...this.#components, ...hosts].filter(({ kind }) => kinds.includes(kind));
  }

  nameOf(value: unknown, unnamedAt: string, placeholder: string): string {
    if (typeof value === "string") return value;
    this.report(nameless(value, unnamedAt));
    return placeholder;
  }

  builder(): StackBuilder {
    const builder = {
      service: (value: unknown, options: unknown) => this.#service(this.#component("service", readService, value, options)),
      redis: (value: unknown, options: unknown) => this.#own(this.#component("redis", readRedis, value, options)),
      postgres: (value: unknown, options: unknown) => this.#own(this.#component("postgres", readPostgres, value, options)),
      secret: (value: unknown) => {
        const secret = this.nameOf(value, `secrets[${this.#secrets.length}]`, `unnamed-secret-${this.#secrets.length + 1}`);
        this.#secrets.push(secret);
        return Object.freeze({ secret }) as Secret;
      },
      host: (value: unknown, options: unknown) => {
        const unnamedAt = `hosts[${this.#hosts.length}]`;
        const name = this.nameOf(value, unnamedAt, `unnamed-host-${this.#hosts.length + 1}`);
        const at = typeof value === "string" ? atHost({ name }) : unnamedAt;
        this.#hosts.push(readHost(name, options, { at, reading: this }));
        return this.#own({ kind: "host", name });
      },
      monitoring: (options: unknown) => {
        if (this.#monitoring !== null) this.report(declaredTwice("monitoring", "MONITORING_INVALID"));
        this.#monitoring = (hosts) => readMonitoring(options, hosts, { at: "monitoring", reading: this });
      },
      pipeline: (options: unknown, more: unknown) => {
        if (this.#pipeline !== null) this.report(declaredTwice("pipeline", "PIPELINE_INVALID"));
        this.#pipeline = readPipeline(options, more, { at: "pipeline", reading: this });
      },
      aws: (options: unknown) => {
        if (this.#aws !== null) this.report(declaredTwice("aws", "AWS_INVALID"));
        this.#aws = readAws(options, { at: "aws", reading: this });
      },
      // Stack files of before said so; the type knows nothing of it.
      pageOf: (service: unknown) => {
        this.report(pageOfProblem(service));
        return Object.freeze({ page: "" });
      },
    };
    return builder as unknown as StackBuilder;
  }

  #component<Draft extends ServiceDraft | RedisDefinition | PostgresDefinition>(
    kind: Draft["kind"],
    read: (name: string, options: unknown, place: Place) => Draft,
    value: unknown,
    options: unknown,
  ): { readonly kind: Draft["kind"]; readonly name: string; readonly at: string; readonly index: number } {
    const count = this.#components.filter((other) => other.kind === kind).length;
    const unnamedAt = atNthComponent(kind as ComponentKind, count);
    const name = this.nameOf(value, unnamedAt, `unnamed-${kind}-${count + 1}`);
    const at = typeof value === "string" ? atComponent({ kind, name }) : unnamedAt;
    this.#components.push(read(name, options, { at, reading: this }));
    return { kind, name, at, index: this.#components.length - 1 };
  }

  #own<T extends { readonly kind: string; readonly name: string }>({ kind, name }: T) {
    const handle = asHandle({ kind, name });
    this.#handles.add(handle);
    return handle;
  }

  #service({ kind, name, at, index }: { readonly kind: "service"; readonly name: string; readonly at: string; readonly index: number }) {
    const handle = asHandle({
      kind,
      name,
      page: Object.freeze({ page: name }) as Page,
      env: (added: unknown) => this.#addEnv(index, at, added),
      metric: (metric: unknown, options: { readonly copies?: MetricCopies } = {}) => {
        this.#measured.add(name);
        const taken = asMetric({
          service: name,
          metric: typeof metric === "string" ? metric : show(metric),
          copies: options.copies ?? "add",
        });
        this.#handles.add(taken);
        return taken;
      },
    });
    this.#handles.add(handle);
    return handle;
  }

  #addEnv(index: number, at: string, added: unknown): void {
    const service = this.#components[index];
    if (service?.kind !== "service") return;
    const env: Record<string, EnvInput> = { ...service.env };
    for (const [name, value] of Object.entries(variables.parse(added, { at: `${at}.env`, reading: this }) ?? {})) {
      if (name in service.env) this.report(writtenTwice(`${at}.env.${name}`, name));
      env[name] = value;
    }
    this.#components[index] = { ...service, env };
  }

  definition(name: string): StackDefinition {
    const components = this.#components.map((component) => (component.kind === "service" ? this.#withMetrics(component) : component));
    const everything = components.map((component) => component.name);
    const hosts: readonly HostDefinition[] =
      this.#hosts.length > 0 ? this.#hosts : [{ name: ONLY_HOST, subnet: "public", runs: everything }];
    const monitoring = this.#monitoring?.(hosts.map((host) => host.name)) ?? null;
    if (components.length === 0 && this.#mistakes.length === 0) this.report(nothingDeclared());
    const mistakes = this.#mistakes.map((mistake) => (typeof mistake === "function" ? mistake() : mistake));
    // What is declared too late, by a function that went on in the background, meets frozen lists: it fails and changes nothing.
    for (const list of [this.#components, this.#hosts, this.#mistakes]) deepFreeze(list);
    return deepFreeze({
      kind: "groundplan.stack",
      name,
      components,
      hosts,
      secrets: this.#secrets,
      monitoring,
      pipeline: this.#pipeline,
      aws: this.#aws,
      mistakes,
    });
  }

  #withMetrics(service: ServiceDraft): ComponentDefinition {
    const implied = service.port !== null && this.#measured.has(service.name) ? METRICS_PATH : null;
    return { ...service, metrics: service.metrics === false ? null : (service.metrics ?? implied) };
  }
}

function runDefine(define: unknown, builder: StackBuilder, reading: Reading): void {
  if (typeof define !== "function") {
    reading.report(noDefine(define));
    return;
  }
  const result: unknown = define(builder);
  if (result instanceof Promise) {
    reading.report(asyncDefine());
    // What it declares later meets a frozen stack. Its failure would be a second message about the same mistake.
    result.catch(() => {});
  }
}

const nameless = (value: unknown, at: string): Problem => ({
  at,
  code: "NAME_INVALID",
  message: value === undefined ? "the name is missing" : "the name is not text",
  found: value === undefined ? "nothing" : show(value),
  allowed: "a name in quotes",
  fix: "write a name in quotes as the first argument",
});

const noDefine = (value: unknown): Problem => ({
  at: "stack",
  code: "OPTION_INVALID",
  message: "nothing describes the stack",
  found: show(value),
  allowed: "a function that declares the stack",
  fix: 'write stack("name", (s) => { ... })',
});

const nothingDeclared = (): Problem => ({
  at: "stack",
  code: "OPTION_INVALID",
  message: "the stack declares no component",
  found: "no s.service, s.redis or s.postgres",
  allowed: "at least one component",
  fix: 'declare one, for example s.service("web", { image: build("./web"), port: 80, public: true })',
});

const asyncDefine = (): Problem => ({
  at: "stack",
  code: "OPTION_INVALID",
  message: "the function that declares the stack is async, so what follows its first await is lost",
  found: "an async function",
  allowed: "a function that declares everything before it returns",
  fix: "remove async, and await what the stack needs above it, at the top of the file",
});

const declaredTwice = (what: "monitoring" | "pipeline" | "aws", code: ProblemCode): Problem => ({
  at: what,
  code,
  message: `${what} is declared more than once`,
  found: `a second s.${what}`,
  allowed: `at most one s.${what}`,
  fix: `join them into one s.${what}`,
});

const writtenTwice = (at: string, name: string): Problem => ({
  at,
  code: "OPTION_INVALID",
  message: `${name} is written twice`,
  found: `${name} in env, and in a later env(...)`,
  allowed: "each variable once",
  fix: "remove one of the two",
});
