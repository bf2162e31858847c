import { type ComponentDefinition, type PipelineLevel, type StackDefinition, UNREADABLE } from "../definition.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { show, sortedListOf } from "../show.js";
import { componentsByName } from "./stack-index.js";

/** Levels that could not be read from anything, or not be told apart. */
export function pipelineProblems(stack: StackDefinition): readonly Problem[] {
  if (stack.pipeline === null) return [];
  const known = componentsByName(stack);
  const { levels } = stack.pipeline;
  return levels.flatMap((level, index) => {
    const at = `pipeline[${index}]`;
    return [...takenLevel(at, level, levels.slice(0, index)), ...serviceProblems(at, level, known), ...metricProblems(at, level)];
  });
}

function takenLevel(at: string, { name }: PipelineLevel, before: readonly PipelineLevel[]): readonly Problem[] {
  if (name === UNREADABLE || !before.some((other) => other.name === name)) return [];
  const message = `${show(name)} is already the name of a level`;
  const allowed = "a name that no other level has";
  return [{ at: `${at}.level`, code: "PIPELINE_INVALID", message, found: show(name), allowed, fix: "rename one of the two" }];
}

function serviceProblems(at: string, { service }: PipelineLevel, known: ReadonlyMap<string, ComponentDefinition>): readonly Problem[] {
  const component = known.get(service);
  if (service === UNREADABLE || (component?.kind === "service" && component.metrics !== null)) return [];
  const measured = [...known.values()].filter((other) => other.kind === "service" && other.metrics !== null).map(({ name }) => name);
  const near = nearest(service, measured);
  return [
    {
      at: `${at}.at`,
      code: "PIPELINE_INVALID",
      message: component?.kind === "service" ? `${show(service)} has no metrics` : `${show(service)} is not a service of this stack`,
      found: show(service),
      allowed: `a service with metrics: ${sortedListOf(measured)}`,
      fix: near === null ? "write one of these services" : `write ${show(near)}`,
    },
  ];
}

function metricProblems(at: string, { metric }: PipelineLevel): readonly Problem[] {
  if (metric === UNREADABLE || /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) return [];
  return [
    {
      at: `${at}.metric`,
      code: "PIPELINE_INVALID",
      message: `${show(metric)} cannot be the name of a metric`,
      found: show(metric),
      allowed: "letters, digits, _ and :, no digit first; no labels",
      fix: "write the bare name of the metric, for example votes_accepted_total",
    },
  ];
}
