import { type PipelineDefinition, type PipelineLag, type PipelineLevel, type PipelineMetric, UNREADABLE } from "../definition.js";
import { readComponentReference, type ServiceHandle } from "./handle.js";
import { itemsOf, OptionReader, type Report } from "./option-reader.js";
import { flag, text } from "./value-kind.js";

/** A metric of a service. */
export interface MetricOptions {
  /**
   * The service whose metrics hold it.
   *
   * @example { level: "persisted", at: "worker", metric: "votes_persisted_total" }
   */
  readonly at: ServiceHandle | string;

  /**
   * Name of the Prometheus metric, without labels; several series of it are added up.
   *
   * @example { level: "visible", at: result, metric: "votes_visible_total" }
   */
  readonly metric: string;
}

/** One counter of the stack's flow: the pages that show the stack draw the levels side by side. */
export interface PipelineLevelOptions extends MetricOptions {
  /**
   * What the level is called where it is shown.
   *
   * @example { level: "accepted", at: vote, metric: "votes_accepted_total" }
   */
  readonly level: string;

  /**
   * Each copy of the service tells the total of the whole stack, as a queue or a database has it, not what it did itself.
   * Copies are then not added up.
   *
   * @default false
   * @example { level: "queued", at: vote, metric: "votes_queued_total", shared: true }
   */
  readonly shared?: boolean;
}

/** A histogram of seconds. `metric` is its name without `_bucket`. */
export interface PipelineLatencyOptions extends MetricOptions {
  /**
   * What the latency is called where it is shown.
   *
   * @example { latency: "accept", at: vote, metric: "votes_accept_seconds" }
   */
  readonly latency: string;
}

/** A counter of what went wrong. */
export interface PipelineErrorOptions extends MetricOptions {
  /**
   * What the error is called where it is shown.
   *
   * @example { error: "refused", at: vote, metric: "votes_refused_total" }
   */
  readonly error: string;
}

/** A gauge that is above 0 while the flow stands still until a person has decided something. */
export interface PipelineStopOptions extends MetricOptions {
  /**
   * What stops the flow, as it is shown.
   *
   * @example { stop: "ballots are missing", at: worker, metric: "votes_missing" }
   */
  readonly stop: string;
}

/** A gauge of what waits to be worked off. Each copy of the service tells the same. */
export interface PipelineLagOptions extends MetricOptions {
  /**
   * The service that works it off: the one that is stalled when something waits and nothing moves.
   *
   * @example { at: vote, metric: "votes_queue_held", drainedBy: worker }
   */
  readonly drainedBy: ServiceHandle | string;
}

/** What else the stack can tell of its flow; dashboards and alerts follow from what is there. */
export interface PipelineOptions {
  /**
   * What waits between the levels.
   *
   * @default none: no alert tells of a lag that grows or of a stalled worker
   * @example s.pipeline(levels, { lag: { at: vote, metric: "votes_queue_held", drainedBy: worker } })
   */
  readonly lag?: PipelineLagOptions;

  /**
   * How long things take: shown as percentiles.
   *
   * @default none
   * @example s.pipeline(levels, { latencies: [{ latency: "accept", at: vote, metric: "votes_accept_seconds" }] })
   */
  readonly latencies?: readonly PipelineLatencyOptions[];

  /**
   * What goes wrong: shown as rates.
   *
   * @default none
   * @example s.pipeline(levels, { errors: [{ error: "refused", at: vote, metric: "votes_refused_total" }] })
   */
  readonly errors?: readonly PipelineErrorOptions[];

  /**
   * What makes the flow wait for a person: each is a page.
   *
   * @default none
   * @example s.pipeline(levels, { stops: [{ stop: "ballots are missing", at: worker, metric: "votes_missing" }] })
   */
  readonly stops?: readonly PipelineStopOptions[];
}

const LEVEL: Readonly<Record<keyof PipelineLevelOptions, true>> = { level: true, at: true, metric: true, shared: true };
const LATENCY: Readonly<Record<keyof PipelineLatencyOptions, true>> = { latency: true, at: true, metric: true };
const ERROR: Readonly<Record<keyof PipelineErrorOptions, true>> = { error: true, at: true, metric: true };
const STOP: Readonly<Record<keyof PipelineStopOptions, true>> = { stop: true, at: true, metric: true };
const LAG: Readonly<Record<keyof PipelineLagOptions, true>> = { at: true, metric: true, drainedBy: true };
const OPTIONS: Readonly<Record<keyof PipelineOptions, true>> = { lag: true, latencies: true, errors: true, stops: true };

export function readPipeline(levels: unknown, more: unknown, report: Report): PipelineDefinition {
  const items = itemsOf("pipeline", levels, 's.pipeline([{ level: "accepted", at: vote, metric: "votes_accepted_total" }])', report);
  const options = new OptionReader("pipeline", more, OPTIONS, report);
  const latencies = readersIn(options, "latencies", LATENCY, '[{ latency: "accept", at: vote, metric: "votes_accept_seconds" }]');
  const errors = readersIn(options, "errors", ERROR, '[{ error: "refused", at: vote, metric: "votes_refused_total" }]');
  const stops = readersIn(options, "stops", STOP, '[{ stop: "ballots are missing", at: worker, metric: "votes_missing" }]');
  return {
    levels: items.map((item, index) => readLevel(new OptionReader(`pipeline[${index}]`, item, LEVEL, report))),
    lag: options.wrote("lag") ? readLag(new OptionReader("pipeline.lag", options.raw("lag"), LAG, report)) : null,
    latencies: latencies.map((latency) => readMetric(latency, "latency", '"accept"')),
    errors: errors.map((error) => readMetric(error, "error", '"refused"')),
    ...(options.wrote("stops") && { stops: stops.map((stop) => readMetric(stop, "stop", '"ballots are missing"')) }),
  };
}

function readersIn(options: OptionReader, key: string, known: Readonly<Record<string, true>>, example: string): readonly OptionReader[] {
  if (!options.wrote(key)) return [];
  const items = itemsOf(`${options.at}.${key}`, options.raw(key), `${key}: ${example}`, options.report);
  return items.map((item, index) => new OptionReader(`${options.at}.${key}[${index}]`, item, known, options.report));
}

function readLevel(options: OptionReader): PipelineLevel {
  return { ...readMetric(options, "level", '"accepted"'), shared: options.read("shared", flag, false) };
}

function readMetric(options: OptionReader, name: string, example: string): PipelineMetric {
  return { name: options.require(name, text(example), UNREADABLE), ...readPlace(options) };
}

function readLag(options: OptionReader): PipelineLag {
  const drainedBy = readComponentReference(options.raw("drainedBy"), `${options.at}.drainedBy`, options.report);
  return { ...readPlace(options), drainedBy };
}

function readPlace(options: OptionReader): { readonly service: string; readonly metric: string } {
  return {
    service: readComponentReference(options.raw("at"), `${options.at}.at`, options.report),
    metric: options.require("metric", text('"votes_accepted_total"'), UNREADABLE),
  };
}
