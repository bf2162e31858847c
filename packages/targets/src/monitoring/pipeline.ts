import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { PipelineDefinition, PipelineLevel } from "@groundplan/model";
import { dashboard, graph, numbers, type PanelQuery } from "./panels.js";
import type { AlertRule, RecordingRule, RuleGroup } from "./rule.js";
import { MOVES_SECONDS, PAGE_AFTER_SECONDS, promDuration, SCRAPE_SECONDS } from "./timing.js";
import { promString, selector, serviceLabels, type Watched } from "./watched.js";

const MINUTE = 60;
const LEVEL_MOVES = `stack:pipeline_level:rate${promDuration(MOVES_SECONDS)}`;
const LEVEL_RATE = "stack:pipeline_level:rate5m";
const LEVEL_TOTAL = "stack:pipeline_level:total";
const LAG = "stack:pipeline_lag:total";
const LATENCY = "stack:pipeline_latency_seconds:quantile_rate2m";
const ERRORS = "stack:pipeline_errors:rate2m";
const QUANTILES: readonly string[] = ["0.5", "0.95", "0.99"];

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

/** The stack's own flow; `null` where it declares none. */
export function pipelineDashboard({ plan }: Watched): Dashboard | null {
  const { pipeline } = plan;
  if (pipeline === null || pipeline.levels.length === 0) return null;
  const { levels, lag, latencies, errors } = pipeline;
  return dashboard({
    stack: plan.stack,
    topic: "pipeline",
    title: "pipeline",
    about: `From ${fromTo(levels.map(({ name }) => name))}: the levels agree once everything has drained.`,
    panels: [
      ...levels.map(({ name }) =>
        numbers({
          title: name,
          about: `Total of the level "${name}", as its service tells it.`,
          unit: Short,
          queries: [{ expr: `${LEVEL_TOTAL}${selector({ level: name })}`, legend: name }],
          width: Math.max(2, Math.floor(24 / levels.length)),
        }),
      ),
      graph({
        title: "Rates",
        about: "How fast each level moves. One below the first for minutes: PipelineRatesApart; the last at zero: PipelineStalled.",
        unit: "cps",
        queries: levels.map(({ name }) => ({ expr: `${LEVEL_MOVES}${selector({ level: name })}`, legend: name })),
        width: 24,
      }),
      ...(lag === null ? [] : [lagPanel(lag)]),
      ...(errors.length === 0 ? [] : [errorPanel(errors)]),
      ...latencies.map(latencyPanel),
    ],
  });
}

function lagPanel({ drainedBy }: NonNullable<PipelineDefinition["lag"]>) {
  return graph({
    title: "Lag",
    about: `What waits for ${drainedBy}. Growing for minutes: PipelineLagGrowing; not moving: PipelineWorkerStalled.`,
    unit: Short,
    queries: [{ expr: LAG, legend: "waiting" }],
  });
}

function errorPanel(errors: PipelineDefinition["errors"]) {
  return graph({
    title: "Errors",
    about: "What went wrong, each second.",
    unit: "cps",
    queries: errors.map(({ name }) => ({ expr: `${ERRORS}${selector({ error: name })}`, legend: name })),
  });
}

function latencyPanel({ name }: PipelineDefinition["latencies"][number]) {
  return graph({
    title: `Time: ${name}`,
    about: "Half, 95% and 99% of all took less than this, over two minutes.",
    unit: Seconds,
    queries: QUANTILES.map(
      (quantile): PanelQuery => ({ expr: `${LATENCY}${selector({ latency: name, quantile })}`, legend: `p${Number(quantile) * 100}` }),
    ),
  });
}

function fromTo(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} to ${names.at(-1)}`;
}
