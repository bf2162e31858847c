import { show } from "../show.js";
import { type Metric, reference, type ServiceHandle, UNREADABLE } from "./handles.js";
import { pipelineProblem } from "./retired.js";
import { entriesOf, type Kind, type OptionsOf, optional, type Place, readShape, required, withDefault } from "./shape.js";

/** A metric of the pipeline. */
export interface PipelineMetric {
  /** As it is shown, for example "accepted". */
  readonly name: string;
  /** Name of the service whose metrics hold it. */
  readonly service: string;
  /** Name of the metric, for example "votes_accepted_total"; several series are added up. */
  readonly metric: string;
}

/** A counter of the stack's flow. */
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

/** Every metric that there is: what only looks like one is not in it. */
const METRICS = new WeakSet<object>();

export function asMetric<T extends object>(value: T): T {
  METRICS.add(value);
  return Object.freeze(value);
}

interface ReadMetric {
  readonly service: string;
  readonly metric: string;
  readonly copies: unknown;
}

function readMetric(value: unknown, { at, reading }: Place): ReadMetric | null {
  if (typeof value !== "object" || value === null || !METRICS.has(value)) {
    const from = 'a metric of a service, for example vote.metric("votes_accepted_total")';
    reading.report({
      at,
      code: "OPTION_INVALID",
      message: "this is not a metric",
      found: show(value),
      allowed: "a metric of a service",
      fix: `write ${from}`,
    });
    return null;
  }
  const metric = value as Metric;
  if (!reading.owns(metric)) {
    reading.report({
      at,
      code: "PIPELINE_INVALID",
      message: `${show(metric.service)} belongs to another stack`,
      found: `a metric of ${show(metric.service)}`,
      allowed: "a metric of a service of this stack",
      fix: "take the metric of a service that this stack declares",
    });
    return null;
  }
  const { copies } = metric as { readonly copies: unknown };
  if (copies !== "add" && copies !== "agree") {
    reading.report({
      at,
      code: "OPTION_INVALID",
      message: 'copies is not "add" or "agree"',
      found: show(copies),
      allowed: '"add" or "agree"',
      fix: `write ${metric.service}.metric(${show(metric.metric)}, { copies: "agree" }) where each copy tells the total of the whole stack`,
    });
  }
  return { service: metric.service, metric: metric.metric, copies };
}

/** Metrics by the names under which they are shown. */
const metrics = <Of extends Metric>(example: string): Kind<readonly PipelineLevel[], Readonly<Record<string, Of>>> => ({
  allowed: "metrics",
  example,
  parse: (value, place) =>
    entriesOf(value, place, "metrics").flatMap(([name, written]): PipelineLevel[] => {
      const at = `${place.at}.${name}`;
      if (/^\d+$/.test(name)) {
        // JavaScript lists such keys before all others, whatever their order in the file.
        place.reading.report({
          at,
          code: "PIPELINE_INVALID",
          message: `${show(name)} is a number, and would come before all names that are none`,
          found: show(name),
          allowed: "a name with a letter in it",
          fix: `write "level ${name}"`,
        });
      }
      const read = readMetric(written, { ...place, at });
      return read === null ? [] : [{ name, service: read.service, metric: read.metric, shared: read.copies === "agree" }];
    }),
});

const lag: Kind<PipelineLag, { readonly metric: Metric; readonly drainedBy: ServiceHandle }> = {
  allowed: "options",
  example: '{ metric: vote.metric("votes_queue_held"), drainedBy: worker }',
  parse: (value, place) => {
    const { metric, drainedBy } = readShape(LAG, value, place);
    return { service: metric?.service ?? UNREADABLE, metric: metric?.metric ?? UNREADABLE, drainedBy };
  },
};

const gauge: Kind<ReadMetric | null, Metric> = {
  allowed: "a metric of a service",
  example: 'vote.metric("votes_queue_held")',
  parse: readMetric,
};

/** What waits to be worked off. */
export const LAG = {
  /**
   * A gauge of it. Each copy of its service tells the same.
   *
   * @example lag: { metric: vote.metric("votes_queue_held"), drainedBy: worker }
   */
  metric: required(gauge, null),

  /**
   * The service that works it off: the one that is stalled when something waits and nothing moves.
   *
   * @example lag: { metric: vote.metric("votes_queue_held"), drainedBy: worker }
   */
  drainedBy: required(reference.service, UNREADABLE),
};

/**
 * What the stack tells of its own flow, for the pages and alerts that show it. Everything is a metric of a service under the name that
 * it is shown by, in the order written.
 */
export const PIPELINE = {
  /**
   * Counters that should agree once everything has drained, from first to last: the pages that show the stack draw them side by side.
   *
   * @example levels: { accepted: vote.metric("votes_accepted_total"), visible: result.metric("votes_visible_total", { copies: "agree" }) }
   */
  levels: required(metrics<Metric>('{ accepted: vote.metric("votes_accepted_total") }'), []),

  /**
   * What waits between the levels.
   *
   * @default none: no alert tells of a lag that grows or of a stalled worker
   * @example lag: { metric: vote.metric("votes_queue_held"), drainedBy: worker }
   */
  lag: optional(lag),

  /**
   * How long things take: histograms in seconds, shown as percentiles. The metric's name goes without `_bucket`.
   *
   * @default none
   * @example latency: { accept: vote.metric("votes_accept_seconds") }
   */
  latency: withDefault(metrics<Metric<"add">>('{ accept: vote.metric("votes_accept_seconds") }'), []),

  /**
   * What goes wrong: counters, shown as rates.
   *
   * @default none
   * @example errors: { refused: vote.metric("votes_refused_total") }
   */
  errors: withDefault(metrics<Metric<"add">>('{ refused: vote.metric("votes_refused_total") }'), []),

  /**
   * What makes the flow wait until a person has decided something: gauges that are then above 0. Each is a page.
   *
   * @default none
   * @example stops: { "ballots are missing": worker.metric("votes_missing") }
   */
  stops: withDefault(metrics<Metric<"add">>('{ "ballots are missing": worker.metric("votes_missing") }'), []),
};

/** What the stack tells of its own flow. */
export interface PipelineOptions extends OptionsOf<typeof PIPELINE> {}

/**
 * What the stack tells of its own flow, for the pages and alerts that show it: counters that should agree
 * once everything has drained, from first to last, and what tells how it goes in between.
 */
export interface PipelineDefinition {
  readonly levels: readonly PipelineLevel[];
  readonly lag: PipelineLag | null;
  /** Histograms, in seconds; `metric` is their name without `_bucket`. */
  readonly latencies: readonly PipelineMetric[];
  /** Counters of what went wrong. */
  readonly errors: readonly PipelineMetric[];
  /** Gauges that are above 0 while the flow waits for a person. */
  readonly stops: readonly PipelineMetric[];
}

export function readPipeline(value: unknown, more: unknown, place: Place): PipelineDefinition | null {
  if (Array.isArray(value)) {
    place.reading.report(pipelineProblem(value, more));
    return null;
  }
  const { levels, lag, latency, errors, stops } = readShape(PIPELINE, value, place);
  return { levels, lag, latencies: latency.map(bare), errors: errors.map(bare), stops: stops.map(bare) };
}

/** Rates are added up over the copies, and so are histograms. */
function bare({ name, service, metric }: PipelineLevel): PipelineMetric {
  return { name, service, metric };
}
