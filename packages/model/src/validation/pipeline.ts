import { type ComponentDefinition, type PipelineDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName } from "./stack-index.js";

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
  const { levels, lag, latencies, errors, stops = [] } = stack.pipeline;
  return [
    ...levels.flatMap((level, index) => namedProblems(`pipeline[${index}]`, "level", level, levels.slice(0, index), known)),
    ...(lag === null ? [] : lagProblems(lag, known)),
    ...latencies.flatMap((latency, index) =>
      namedProblems(`pipeline.latencies[${index}]`, "latency", latency, latencies.slice(0, index), known),
    ),
    ...errors.flatMap((error, index) => namedProblems(`pipeline.errors[${index}]`, "error", error, errors.slice(0, index), known)),
    ...stops.flatMap((stop, index) => namedProblems(`pipeline.stops[${index}]`, "stop", stop, stops.slice(0, index), known)),
  ];
}

interface Named {
  readonly name: string;
  readonly service: string;
  readonly metric: string;
}

function namedProblems(at: string, what: string, item: Named, before: readonly Named[], known: Known): readonly Problem[] {
  return [...takenName(at, what, item, before), ...metricProblems({ at, ...item }, known)];
}

function takenName(at: string, what: string, { name }: Named, before: readonly Named[]): readonly Problem[] {
  if (name === UNREADABLE || !before.some((other) => other.name === name)) return [];
  const message = `${show(name)} is already the name of ${what === "error" ? "an" : "a"} ${what}`;
  const allowed = `a name that no other ${what} has`;
  return [{ at: `${at}.${what}`, code: "PIPELINE_INVALID", message, found: show(name), allowed, fix: "rename one of the two" }];
}

function lagProblems(lag: NonNullable<PipelineDefinition["lag"]>, known: Known): readonly Problem[] {
  const services = namesOf(known, ({ kind }) => kind === "service");
  return [
    ...metricProblems({ at: "pipeline.lag", ...lag }, known),
    ...serviceProblems("pipeline.lag.drainedBy", lag.drainedBy, services, "a service", known),
  ];
}

function metricProblems({ at, service, metric }: Placed, known: Known): readonly Problem[] {
  const measured = namesOf(known, (component) => component.kind === "service" && component.metrics !== null);
  return [
    ...serviceProblems(`${at}.at`, service, measured, "a service with metrics", known),
    ...metricNameProblems(`${at}.metric`, metric),
  ];
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
