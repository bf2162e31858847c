import { atComponent, atHost, atNthComponent } from "../at.js";
import { deepFreeze } from "../deep-freeze.js";
import type {
  AwsDefinition,
  ComponentDefinition,
  ComponentKind,
  HostDefinition,
  MonitoringDefinition,
  PipelineDefinition,
  StackDefinition,
} from "../definition.js";
import type { Problem, ProblemCode } from "../problem.js";
import { show } from "../show.js";
import { readAws } from "./aws.js";
import { readComponentReference } from "./handle.js";
import { readHost } from "./host.js";
import { readMonitoring } from "./monitoring.js";
import type { Report } from "./option-reader.js";
import { readPipeline } from "./pipeline.js";
import { readPostgres } from "./postgres.js";
import { readRedis } from "./redis.js";
import { readService } from "./service.js";
import type { StackBuilder } from "./stack-builder.js";

/**
 * Describes a stack once: its services, the links between them, and the hosts that they run on. Make it the default
 * export of `stack.ts`. It throws nothing of its own: `validateStack` reports what is wrong with the stack, all at once.
 *
 * @example
 * export default stack("hello", (s) => {
 *   const backend = s.service("backend", { build: "./backend", port: 8000 });
 *   const frontend = s.service("frontend", { build: "./frontend", port: 80, public: true, uses: { backend } });
 *   s.host("main", { subnet: "public", runs: [frontend, backend] });
 * });
 */
export function stack(name: string, define: (s: StackBuilder) => void): StackDefinition {
  const components: ComponentDefinition[] = [];
  const hosts: HostDefinition[] = [];
  const secrets: string[] = [];
  const mistakes: Problem[] = [];
  let monitoring: MonitoringDefinition | null = null;
  let pipeline: PipelineDefinition | null = null;
  let aws: AwsDefinition | null = null;
  const report: Report = (problem) => mistakes.push(problem);

  const nameOf = (value: unknown, unnamedAt: string, placeholder: string): string => {
    if (typeof value === "string") return value;
    report(nameless(value, unnamedAt));
    return placeholder;
  };

  const component = <Definition extends ComponentDefinition>(
    kind: Definition["kind"],
    read: (name: string, at: string, options: unknown, report: Report) => Definition,
    value: unknown,
    options: unknown,
  ): { readonly kind: Definition["kind"]; readonly name: string } => {
    const index = components.filter((other) => other.kind === kind).length;
    const unnamedAt = atNthComponent(kind as ComponentKind, index);
    const componentName = nameOf(value, unnamedAt, `unnamed-${kind}-${index + 1}`);
    const at = typeof value === "string" ? atComponent({ kind, name: componentName }) : unnamedAt;
    components.push(read(componentName, at, options, report));
    return Object.freeze({ kind, name: componentName });
  };

  const builder: StackBuilder = {
    service: (value, options) => component("service", readService, value, options),
    redis: (value, options) => component("redis", readRedis, value, options),
    postgres: (value, options) => component("postgres", readPostgres, value, options),
    secret: (value) => {
      const secret = nameOf(value, `secrets[${secrets.length}]`, `unnamed-secret-${secrets.length + 1}`);
      secrets.push(secret);
      return Object.freeze({ secret });
    },
    pageOf: (reference) => Object.freeze({ page: readComponentReference(reference, "pageOf", report) }),
    host: (value, options) => {
      const unnamedAt = `hosts[${hosts.length}]`;
      const hostName = nameOf(value, unnamedAt, `unnamed-host-${hosts.length + 1}`);
      hosts.push(readHost(hostName, typeof value === "string" ? atHost({ name: hostName }) : unnamedAt, options, report));
      return Object.freeze({ kind: "host", name: hostName });
    },
    monitoring: (options) => {
      if (monitoring !== null) report(declaredTwice("monitoring", "MONITORING_INVALID"));
      monitoring = readMonitoring(options, report);
    },
    pipeline: (levels, options) => {
      if (pipeline !== null) report(declaredTwice("pipeline", "PIPELINE_INVALID"));
      pipeline = readPipeline(levels, options, report);
    },
    aws: (options) => {
      if (aws !== null) report(declaredTwice("aws", "AWS_INVALID"));
      aws = readAws(options, report);
    },
  };

  const stackName = nameOf(name, "stack", "unnamed");
  runDefine(define, builder, report);
  if (components.length === 0 && mistakes.length === 0) report(nothingDeclared());
  return deepFreeze({ kind: "groundplan.stack", name: stackName, components, hosts, secrets, monitoring, pipeline, aws, mistakes });
}

function runDefine(define: unknown, builder: StackBuilder, report: Report): void {
  if (typeof define !== "function") {
    report(noDefine(define));
    return;
  }
  const result: unknown = define(builder);
  if (result instanceof Promise) {
    report(asyncDefine());
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
  fix: 'declare one, for example s.service("web", { build: "./web", port: 80, public: true })',
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
