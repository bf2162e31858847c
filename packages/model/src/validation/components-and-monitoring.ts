import { atComponent } from "../at.js";
import {
  type ComponentDefinition,
  type EnvInput,
  type HostDefinition,
  type MonitoringDefinition,
  type PipelineDefinition,
  type PipelineMetric,
  type ServiceDefinition,
  type SmtpDefinition,
  type StackDefinition,
  UNREADABLE,
} from "../definition.js";
import { isEnvName } from "../env-name.js";
import { nearest } from "../nearest.js";
import { componentSource, linkEnv } from "../planning/env.js";
import type { Problem } from "../problem.js";
import { listOf, show, sortedListOf } from "../show.js";
import { canonicalCidr } from "./cidr.js";
import { componentsByName, hostsByName, unknownName } from "./names.js";

/** Monitoring that has no host, that nobody could open, or whose alarms would reach nobody. */
export function monitoringProblems(stack: StackDefinition): readonly Problem[] {
  const { monitoring } = stack;
  if (monitoring === null) return [];
  return [...hostOf(monitoring, hostsByName(stack)), ...openToProblems(monitoring), ...alarmProblems(monitoring)];
}

function hostOf({ on }: MonitoringDefinition, known: ReadonlyMap<string, HostDefinition>): readonly Problem[] {
  if (on === UNREADABLE) return [];
  const host = known.get(on);
  if (host === undefined) return [unknownName("monitoring.on", "MONITORING_HOST_UNKNOWN", "host", on, known.keys())];
  if (host.subnet === "public") return [];
  const publicHosts = [...known.values()].filter(({ subnet }) => subnet === "public").map(({ name }) => name);
  return [
    {
      at: "monitoring.on",
      code: "MONITORING_INVALID",
      message: `nobody could open Grafana: host ${show(on)} is in the private subnet`,
      found: show(on),
      allowed: `a host in the public subnet: ${listOf(publicHosts)}`,
      fix: publicHosts[0] === undefined ? 'write subnet: "public" for one host, and name it here' : `write ${show(publicHosts[0])}`,
    },
  ];
}

function openToProblems({ openTo }: MonitoringDefinition): readonly Problem[] {
  const canonical = canonicalCidr(openTo);
  if (canonical === openTo) return [];
  return [
    {
      at: "monitoring.openTo",
      code: "MONITORING_INVALID",
      message: `${show(openTo)} is not an IPv4 range`,
      found: show(openTo),
      allowed: "an IPv4 range such as 203.0.113.0/24, with zeros after the prefix",
      fix: canonical === null ? 'write a range, for example "203.0.113.0/24"; one address ends in /32' : `write ${show(canonical)}`,
    },
  ];
}

function alarmProblems({ alarms }: MonitoringDefinition): readonly Problem[] {
  if (alarms === null) return [];
  const { email, smtp } = alarms;
  const from = smtp === null || smtp.from === email ? [] : emailProblems("from", smtp.from);
  return [...emailProblems("email", email), ...(smtp === null ? [] : smarthostProblems(smtp)), ...from];
}

function emailProblems(option: "email" | "from", address: string): readonly Problem[] {
  if (/^[^\s@"<>,;]+@[^\s@"<>,;]+\.[^\s@"<>,;.]+$/.test(address)) return [];
  return [
    {
      at: `monitoring.alarms.${option}`,
      code: "MONITORING_INVALID",
      message: `${show(address)} is not an e-mail address`,
      found: show(address),
      allowed: "one e-mail address",
      fix: 'write one address, for example "ops@example.com"',
    },
  ];
}

function smarthostProblems({ smarthost }: SmtpDefinition): readonly Problem[] {
  const [, port] = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:([0-9]{1,5})$/.exec(smarthost)?.slice(1) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return [];
  return [
    {
      at: "monitoring.alarms.smarthost",
      code: "MONITORING_INVALID",
      message: `${show(smarthost)} is not the address of a mail server`,
      found: show(smarthost),
      allowed: "a host name or IPv4 address, a colon, and a port",
      fix: 'write host and port, for example "smtp.example.com:587"',
    },
  ];
}

type Known = ReadonlyMap<string, ComponentDefinition>;

/** A metric of the pipeline, and where it stands. */
interface Placed {
  readonly at: string;
  readonly service: string;
  readonly metric: string;
}

/** Levels, latencies, errors and stops that could not be read from anything, or not be told apart. */
export function pipelineProblems(stack: StackDefinition): readonly Problem[] {
  if (stack.pipeline === null) return [];
  const known = componentsByName(stack);
  const { levels, lag, latencies, errors, stops } = stack.pipeline;
  const named = (option: string, items: readonly PipelineMetric[]) =>
    items.flatMap((item) => metricProblems({ at: `pipeline.${option}.${item.name}`, ...item }, known));
  return [
    ...named("levels", levels),
    ...(lag === null ? [] : lagProblems(lag, known)),
    ...named("latency", latencies),
    ...named("errors", errors),
    ...named("stops", stops),
  ];
}

function lagProblems(lag: NonNullable<PipelineDefinition["lag"]>, known: Known): readonly Problem[] {
  const services = namesOf(known, ({ kind }) => kind === "service");
  return [
    ...metricProblems({ at: "pipeline.lag.metric", ...lag }, known),
    ...serviceProblems("pipeline.lag.drainedBy", lag.drainedBy, services, "a service", known),
  ];
}

function metricProblems({ at, service, metric }: Placed, known: Known): readonly Problem[] {
  const measured = namesOf(known, (component) => component.kind === "service" && component.metrics !== null);
  return [...serviceProblems(at, service, measured, "a service with metrics", known), ...metricNameProblems(at, metric)];
}

function namesOf(known: Known, fits: (component: ComponentDefinition) => boolean): readonly string[] {
  return [...known.values()].filter(fits).map(({ name }) => name);
}

function serviceProblems(at: string, service: string, fitting: readonly string[], what: string, known: Known): readonly Problem[] {
  if (service === UNREADABLE || fitting.includes(service)) return [];
  const near = nearest(service, fitting);
  return [
    {
      at,
      code: "PIPELINE_INVALID",
      message:
        known.get(service)?.kind === "service" ? `${show(service)} has no metrics` : `${show(service)} is not a service of this stack`,
      found: show(service),
      allowed: `${what}: ${sortedListOf(fitting)}`,
      fix: near === null ? "write one of these services" : `write ${show(near)}`,
    },
  ];
}

function metricNameProblems(at: string, metric: string): readonly Problem[] {
  if (metric === UNREADABLE || /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) return [];
  return [
    {
      at,
      code: "PIPELINE_INVALID",
      message: `${show(metric)} cannot be the name of a metric`,
      found: show(metric),
      allowed: "letters, digits, _ and :, no digit first; no labels",
      fix: "write the bare name of the metric, for example votes_accepted_total",
    },
  ];
}

/** A service says what runs. */
export function sourceProblems(stack: StackDefinition): readonly Problem[] {
  return stack.components.flatMap((component) => (component.kind === "service" ? withoutSource(component) : []));
}

function withoutSource(service: ServiceDefinition): readonly Problem[] {
  if (service.image !== null || service.local !== null) return [];
  return [
    {
      at: atComponent(service),
      code: "SERVICE_WITHOUT_SOURCE",
      message: `nothing says what ${show(service.name)} runs`,
      found: "neither image nor local",
      allowed: "image, or local, or both",
      fix: `add the folder of its Dockerfile, for example image: build("./${service.name}")`,
    },
  ];
}

/** Only PostgreSQL can stand in for Redis. */
export function standInProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const databases = stack.components.filter(({ kind }) => kind === "postgres").map(({ name }) => name);
  return stack.components.flatMap((component) => {
    if (component.kind !== "redis" || component.standIn === null || component.standIn === UNREADABLE) return [];
    const standIn = known.get(component.standIn);
    if (standIn?.kind === "postgres") return [];
    const near = nearest(component.standIn, databases) ?? databases[0];
    return {
      at: `${atComponent(component)}.standIn`,
      code: "STAND_IN_INVALID",
      message:
        standIn === undefined
          ? `${show(component.standIn)} is not a component of this stack`
          : `${show(component.standIn)} is a ${standIn.kind}, and only a postgres component can stand in for Redis`,
      found: show(component.standIn),
      allowed: `a postgres component: ${sortedListOf(databases)}`,
      fix: near === undefined ? "add a postgres component, or remove standIn" : `write ${show(near)}, or remove standIn`,
    };
  });
}

/** Variables that no shell takes, that something else gives already, or whose secret or page does not exist. */
export function envProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  return stack.components.flatMap((component) => {
    if (component.kind !== "service") return [];
    const given = givenVariables(component, known);
    return Object.entries(component.env).flatMap(([name, value]) => {
      const at = `${atComponent(component)}.env.${name}`;
      return [...(isEnvName(name) ? [] : [invalidName(at, name)]), ...takenName(at, name, given), ...unknownValue(at, value, stack)];
    });
  });
}

/** Where a target gives secrets as files, the path of one is in this variable. */
const fileVariable = (name: string): string => `${name}_FILE`;

/** What gives a variable besides the author, by the variable's name. */
function givenVariables(service: ServiceDefinition, known: ReadonlyMap<string, ComponentDefinition>): ReadonlyMap<string, string> {
  const given = new Map([["PORT", `${atComponent(service)}.port`]]);
  for (const [alias, target] of Object.entries(service.uses)) {
    const component = known.get(target);
    if (component === undefined) continue;
    const variables = linkEnv(alias, { name: target, source: componentSource(component) });
    for (const [name, value] of variables) {
      given.set(name, `${atComponent(service)}.uses.${alias}`);
      if (value.some(({ kind }) => kind === "secret")) given.set(fileVariable(name), `${atComponent(service)}.uses.${alias}`);
    }
  }
  for (const [name, value] of Object.entries(service.env)) {
    if (typeof value === "object" && "secret" in value) given.set(fileVariable(name), `${atComponent(service)}.env.${name}`);
  }
  return given;
}

function invalidName(at: string, name: string): Problem {
  const better = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  return {
    at,
    code: "ENV_NAME_INVALID",
    message: `${show(name)} cannot be the name of a variable`,
    found: show(name),
    allowed: "letters, digits and _, no digit first",
    fix: isEnvName(better) ? `write ${better}` : "choose another name",
  };
}

function takenName(at: string, name: string, given: ReadonlyMap<string, string>): readonly Problem[] {
  const giver = given.get(name);
  if (giver === undefined) return [];
  return [
    {
      at,
      code: "ENV_TAKEN_BY_LINK",
      message: `${name} is given by ${giver}`,
      found: name,
      allowed: `any name but ${[...given.keys()].sort().join(", ")}`,
      fix: name === "PORT" ? `remove it, and write the number as ${giver}` : "remove it, or rename the link or this variable",
    },
  ];
}

function unknownValue(at: string, value: EnvInput, stack: StackDefinition): readonly Problem[] {
  if (typeof value === "string") return [];
  if ("secret" in value) {
    return stack.secrets.includes(value.secret) ? [] : [unknownName(at, "SECRET_UNKNOWN", "secret", value.secret, stack.secrets)];
  }
  const pages = stack.components.flatMap((component) => (component.kind === "service" && component.public ? [component.name] : []));
  return value.page === UNREADABLE || pages.includes(value.page)
    ? []
    : [unknownName(at, "PAGE_UNKNOWN", "public service", value.page, pages)];
}
