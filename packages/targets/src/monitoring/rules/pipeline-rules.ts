import type { PipelineDefinition, PipelineLevel } from "@groundplan/model";
import { MOVES_SECONDS, PAGE_AFTER_SECONDS, promDuration, SCRAPE_SECONDS } from "../timing.js";
import { promString, selector, serviceLabels, type Watched } from "../watched.js";
import type { AlertRule, RecordingRule, RuleGroup } from "./rule.js";

const MINUTE = 60;
export const LEVEL_MOVES = `stack:pipeline_level:rate${promDuration(MOVES_SECONDS)}`;
export const LEVEL_RATE = "stack:pipeline_level:rate5m";
export const LEVEL_TOTAL = "stack:pipeline_level:total";
export const LAG = "stack:pipeline_lag:total";
export const LATENCY = "stack:pipeline_latency_seconds:quantile_rate2m";
export const ERRORS = "stack:pipeline_errors:rate2m";
export const QUANTILES: readonly string[] = ["0.5", "0.95", "0.99"];

/** The stack's own flow, from what `s.pipeline` names. */
export function pipelineRules(watched: Watched): RuleGroup | null {
  const { pipeline } = watched.plan;
  const [first, ...later] = pipeline?.levels ?? [];
  if (pipeline === null || first === undefined) return null;
  const last = later.at(-1);
  return {
    name: "pipeline",
    about:
      "The flow of the stack, level by level. A page comes within two minutes: 10 s until the last movement is read, " +
      `${MOVES_SECONDS} s until it is out\nof the window, 10 s until the rule is evaluated, ${PAGE_AFTER_SECONDS} s pending, ` +
      "10 s in Alertmanager: 100 s, and the way of the message.",
    rules: [
      ...pipeline.levels.flatMap(levelRecords),
      ...(pipeline.lag === null ? [] : [{ record: LAG, expr: `max(${pipeline.lag.metric}${of(pipeline.lag.service)})` }]),
      ...pipeline.latencies.flatMap(latencyRecords),
      ...pipeline.errors.map(errorRecord),
      ...(last === undefined ? [] : flowAlerts(watched, first, last)),
      ...(pipeline.stops ?? []).map((stop) => stopAlert(watched, stop)),
      ...(pipeline.lag === null ? [] : lagAlerts(watched, pipeline.lag, first, last ?? first)),
    ],
  };
}

const of = (service: string): string => selector({ job: service });
const level = ({ name }: PipelineLevel): string => selector({ level: name });

function levelRecords({ name, service, metric, shared }: PipelineLevel): readonly RecordingRule[] {
  // Copies that all tell the same total are not added up: the highest is the newest.
  const joined = shared ? "max" : "sum";
  const labels = { level: name };
  return [
    { record: LEVEL_TOTAL, expr: `${joined}(${metric}${of(service)})`, labels },
    { record: LEVEL_MOVES, expr: `${joined}(rate(${metric}${of(service)}[${promDuration(MOVES_SECONDS)}]))`, labels },
    { record: LEVEL_RATE, expr: `${joined}(rate(${metric}${of(service)}[5m]))`, labels },
  ];
}

function latencyRecords({ name, service, metric }: PipelineDefinition["latencies"][number]): readonly RecordingRule[] {
  return QUANTILES.map((quantile) => ({
    record: LATENCY,
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${metric}_bucket${of(service)}[2m])))`,
    labels: { latency: name, quantile },
  }));
}

/** A counter with labels has no series before its first error: none, where the service answers, is zero. */
function errorRecord({ name, service, metric }: PipelineDefinition["errors"][number]): RecordingRule {
  return { record: ERRORS, expr: `sum(rate(${metric}${of(service)}[2m])) or 0 * sum(up${of(service)})`, labels: { error: name } };
}

function flowAlerts(watched: Watched, first: PipelineLevel, last: PipelineLevel): readonly AlertRule[] {
  const [from, to] = [inTemplate(first.name), inTemplate(last.name)];
  return [
    {
      alert: "PipelineStalled",
      expr: `${LEVEL_MOVES}${level(first)} > 0 unless on () (${LEVEL_MOVES}${level(last)} > 0)`,
      forSeconds: PAGE_AFTER_SECONDS,
      severity: "page",
      labels: { ...serviceLabels(watched, last.service), level: to },
      summary: `Nothing is ${to} while more is ${from}`,
      description: `{{ $value | printf "%.1f" }} a second are ${from}, and the level "${to}" stands still or cannot be read.`,
    },
    {
      alert: "PipelineRatesApart",
      expr: `1 - ${LEVEL_RATE}{level!=${promString(first.name)}} / on () group_left () ${LEVEL_RATE}${level(first)} > 0.1`,
      forSeconds: 5 * MINUTE,
      severity: "ticket",
      summary: `Less is {{ $labels.level }} than is ${from}`,
      description: `The level "{{ $labels.level }}" moves {{ $value | humanizePercentage }} slower than "${from}" for minutes; the limit is 10%.`,
    },
  ];
}

function stopAlert(watched: Watched, { name, service, metric }: NonNullable<PipelineDefinition["stops"]>[number]): AlertRule {
  return {
    alert: "PipelineStopped",
    expr: `max(${metric}${of(service)}) > 0`,
    forSeconds: PAGE_AFTER_SECONDS,
    severity: "page",
    labels: { ...serviceLabels(watched, service), stop: inTemplate(name) },
    summary: `${service} waits for a person: ${inTemplate(name)}`,
    description: `${metric} is {{ $value | humanize }}: ${service} does not go on by itself, and its /healthz says what to do.`,
  };
}

function lagAlerts(
  watched: Watched,
  { drainedBy }: NonNullable<PipelineDefinition["lag"]>,
  first: PipelineLevel,
  last: PipelineLevel,
): readonly AlertRule[] {
  const labels = serviceLabels(watched, drainedBy);
  // So long that it is known as soon as the rate of the level is zero.
  const waits = promDuration(MOVES_SECONDS - SCRAPE_SECONDS);
  return [
    {
      alert: "PipelineWorkerStalled",
      expr: `min_over_time(${LAG}[${waits}]) > 0 unless on () (${LEVEL_MOVES}${level(last)} > 0)`,
      forSeconds: PAGE_AFTER_SECONDS,
      severity: "page",
      labels,
      summary: `${drainedBy} is stalled`,
      description: `{{ $value | humanize }} wait for ${drainedBy}, and nothing of it gets ${inTemplate(last.name)}.`,
    },
    {
      alert: "PipelineLagGrowing",
      // By more than a twentieth of what comes in: an even load makes the lag go up and down a little all the time.
      expr: `deriv(${LAG}[5m]) > on () 0.05 * ${LEVEL_RATE}${level(first)}`,
      forSeconds: 5 * MINUTE,
      severity: "ticket",
      labels,
      summary: `${drainedBy} does not keep up`,
      description: `What waits for ${drainedBy} has grown for minutes, now by {{ $value | printf "%.1f" }} a second.`,
    },
  ];
}

/** Text of the author's in an annotation: braces in it begin no template. */
function inTemplate(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
