import { Agent, get } from "node:http";
import type { PipelineLevel, Plan } from "@groundplan/model";
import type { PartState, RunningStack } from "../running-stack.js";

/** The levels at one second. */
export interface LevelPoint {
  /** In ms since 1970. */
  readonly time: number;
  /** One a level, from first to last, since this run began; `null` until every level was seen once. */
  readonly totals: readonly (number | null)[];
  /** Why a level's counter could not be read in this second; `null`: it was. Its total is the last one known. */
  readonly missing: readonly (string | null)[];
}

export interface LevelSampler {
  /** The last hour, oldest first. */
  points(): readonly LevelPoint[];
  stop(): void;
}

const SAMPLE_EVERY_MS = 1_000;

const SCRAPE_TIMEOUT_MS = 900;

const POINTS_KEPT = 3_600;

/** One sample line: name, labels (a quoted value may hold any character), value, and perhaps a timestamp. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;

/** What a level's counter said in one look, and which process said it. */
export interface LevelReading {
  /** `null`: the service did not answer, or has no such metric. */
  readonly value: number | null;
  /** The process that counts; another one means that the service was started again. `null`: it does not run. */
  readonly process: number | null;
}

/** The levels' totals since this run began, and what the next look needs to know. Plain data. */
export interface LevelTotals {
  /** One a level, from first to last. `null` until every level was seen once. */
  readonly totals: readonly (number | null)[];
  /** Newest value of each counter. */
  readonly values: readonly (number | null)[];
  /** Value of each counter at first sight. */
  readonly firstValues: readonly (number | null)[];
  readonly firstLevelProcess: number | null;
  /** The first level's total is still an estimate; the next quiet second makes it exact. */
  readonly firstLevelEstimated: boolean;
}

/** `GET /api/state`: all that the page shows but the log and the levels' numbers. */
export interface StateReport {
  readonly stack: string;
  readonly parts: readonly PartReport[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly alias: string }[];
  readonly levels: readonly PipelineLevel[];
  readonly notes: readonly string[];
}

interface PartReport extends PartState {
  /** Its Prometheus text, `null`: it has none. */
  readonly metricsUrl: string | null;
}

interface AlertWatcher {
  report(): AlertsReport;
  stop(): void;
}

const ASK_EVERY_MS = 2_000;

const TIMEOUT_MS = 1_500;

/** An alert of Prometheus that is pending or firing. */
interface ActiveAlert {
  readonly name: string;
  /** "pending": its condition holds, not yet for long enough. */
  readonly state: "pending" | "firing";
  /** For example "page"; `null`: its rule names none. */
  readonly severity: string | null;
  readonly summary: string;
  readonly description: string;
  /** The labels that tell it from others of its name, for example "service=worker". */
  readonly labels: readonly string[];
  /** When its condition began to hold, in ms since 1970. */
  readonly since: number;
  /** What to do: an address or a path in the documentation. `null`: its rule names none. */
  readonly runbook: string | null;
}

/** `GET /api/alerts`: what Prometheus on this machine says. */
interface AlertsReport {
  /** Whether this stack runs with monitoring. */
  readonly watched: boolean;
  /** Prometheus' own page; `null`: it is not watched. */
  readonly prometheusUrl: string | null;
  /** Firing before pending, each the longest first. As last known when `missing` says why. */
  readonly alerts: readonly ActiveAlert[];
  /** Why Prometheus could not be asked just now. */
  readonly missing: string | null;
}

const NOT_WATCHED: AlertsReport = { watched: false, prometheusUrl: null, alerts: [], missing: null };

const SAID_ELSEWHERE = new Set(["alertname", "severity", "stack"]);

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Reads the counters of the stack's pipeline once a second. A stack without a pipeline has no levels and costs nothing. */
export function startLevelSampler(stack: RunningStack, onPoint: (point: LevelPoint) => void): LevelSampler {
  const levels = stack.plan.pipeline?.levels ?? [];
  const points: LevelPoint[] = [];
  let totals: LevelTotals = noLevelTotals(levels.length);
  let busy = false;

  async function sample(): Promise<void> {
    const time = Date.now();
    const samples = await readLevels(stack.plan, stack.states());
    totals = addReadings(totals, samples);
    const point = { time, totals: totals.totals, missing: samples.map((reading) => reading.missing) };
    points.push(point);
    if (points.length > POINTS_KEPT) points.shift();
    onPoint(point);
  }

  const timer = setInterval(() => {
    // Two looks at once could land in the wrong order, and a counter would seem to fall.
    if (busy || levels.length === 0) return;
    busy = true;
    void sample().finally(() => {
      busy = false;
    });
  }, SAMPLE_EVERY_MS);
  timer.unref();
  return { points: () => points, stop: () => clearInterval(timer) };
}

/** One look at every level's counter; each service is asked once, all at the same moment. */
async function readLevels(plan: Plan, states: readonly PartState[]): Promise<(LevelReading & { missing: string | null })[]> {
  const levels = plan.pipeline?.levels ?? [];
  const services = [...new Set(levels.map((level) => level.service))];
  const answers = new Map(await Promise.all(services.map(async (name) => [name, await scrape(plan, states, name)] as const)));
  const metrics = levels.map((level) => level.metric);

  return levels.map((level) => {
    const process = states.find((state) => state.name === level.service)?.pid ?? null;
    const answer = answers.get(level.service);
    if (answer === undefined || !answer.ok) return { value: null, process, missing: answer?.reason ?? `${level.service} has no metrics` };
    const value = sumSeries(answer.text, metrics).get(level.metric);
    if (value === undefined) return { value: null, process, missing: `${level.service} has no metric ${level.metric}` };
    return { value, process, missing: null };
  });
}

type ScrapeAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

async function scrape(plan: Plan, states: readonly PartState[], name: string): Promise<ScrapeAnswer> {
  const port = states.find((state) => state.name === name)?.port ?? null;
  const path = plan.components.find((component) => component.name === name)?.metrics ?? null;
  if (port === null || path === null) return { ok: false, reason: `${name} has no metrics` };
  try {
    return { ok: true, text: await fetchText({ port, path, timeoutMs: SCRAPE_TIMEOUT_MS }) };
  } catch (error) {
    return { ok: false, reason: `${name} does not answer: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * Reads Prometheus text and adds up the series of each wanted metric.
 * A metric that the text does not have is not in the answer: a counter that is missing is not a counter at 0.
 * Lines that are no samples are passed over, as are values that are no finite number.
 *
 * @example sumSeries('votes_total{option="a"} 2\nvotes_total{option="b"} 3', ["votes_total"])   // Map { "votes_total" => 5 }
 */
export function sumSeries(text: string, wanted: readonly string[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const sample = SAMPLE.exec(line.trim());
    const name = sample?.[1];
    if (name === undefined || !wanted.includes(name)) continue;
    const value = Number(sample?.[2]);
    if (Number.isFinite(value)) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

export function noLevelTotals(levels: number): LevelTotals {
  const none = new Array<null>(levels).fill(null);
  return { totals: none, values: none, firstValues: none, firstLevelProcess: null, firstLevelEstimated: true };
}

/**
 * The totals after one more look at the counters.
 *
 * All levels but the first count since the data was created. They get a common zero, so that what was still on its way
 * when the run began shows as a gap that closes. A counter that fell was reset and counts from 0 again, as in
 * Prometheus' `increase`.
 *
 * The first level counts since its process started, and what a killed process counted after the last look is lost.
 * So at first sight, and whenever its service was started again, it is set to the second level, which does not forget.
 * Both move while that is done, so it is an estimate until the first second in which neither has moved.
 */
export function addReadings(before: LevelTotals, readings: readonly LevelReading[]): LevelTotals {
  const values = readings.map((reading, level) => reading.value ?? before.values[level] ?? null);
  const firstValues = before.firstValues.map((first, level) => first ?? readings[level]?.value ?? null);
  const known = { ...before, values, firstValues };
  if (!values.every(isNumber)) return known;

  const totals = before.totals.every(isNumber) ? advanced(before, values) : startingTotals(values, firstValues.filter(isNumber));
  return { ...known, ...firstLevel(before, readings, values, totals) };
}

/** Every total moved on by what its counter rose. */
function advanced(before: LevelTotals, values: readonly number[]): number[] {
  return values.map((value, level) => {
    const last = before.values[level] ?? 0;
    return (before.totals[level] ?? 0) + (value >= last ? value - last : value);
  });
}

/** A later level can never be ahead, so counters that are in order have the same zero; others (wiped data) have their own. */
function startingTotals(values: readonly number[], firstValues: readonly number[]): number[] {
  const inOrder = values.slice(2).every((value, index) => value <= (values[index + 1] ?? 0));
  const commonZero = Math.min(...firstValues.slice(1));
  return values.map((value, level) => value - (level > 0 && inOrder ? commonZero : (firstValues[level] ?? 0)));
}

function firstLevel(before: LevelTotals, readings: readonly LevelReading[], values: readonly number[], totals: readonly number[]) {
  const [first, second] = readings;
  const secondTotal = totals[1];
  const answers = first?.value !== null && second?.value !== null;
  if (!first || secondTotal === undefined || !answers) return { totals };

  const firstSight = !before.totals.every(isNumber);
  const startedAgain = first.process !== before.firstLevelProcess || (values[0] ?? 0) < (before.values[0] ?? 0);
  const quiet = values[0] === before.values[0] && values[1] === before.values[1];
  const inStep = firstSight || startedAgain || (before.firstLevelEstimated && quiet);
  return {
    totals: inStep ? [secondTotal, ...totals.slice(1)] : totals,
    firstLevelProcess: first.process,
    firstLevelEstimated: inStep ? !quiet : before.firstLevelEstimated,
  };
}

function isNumber(value: number | null): value is number {
  return value !== null;
}

export function stateReport(stack: RunningStack): StateReport {
  const states = stack.states();
  return {
    stack: stack.plan.stack,
    parts: states.map((state) => partReport(stack, state)),
    links: stack.plan.links.map(({ from, to, alias }) => ({ from, to, alias })),
    levels: stack.plan.pipeline?.levels ?? [],
    notes: notesOf(stack.plan, states),
  };
}

export function partReport(stack: RunningStack, state: PartState): PartReport {
  const path = stack.plan.components.find((component) => component.name === state.name)?.metrics ?? null;
  return { ...state, metricsUrl: path === null || state.port === null ? null : `http://127.0.0.1:${state.port}${path}` };
}

/** What is different on this machine from the stack as it is deployed, a sentence each. */
function notesOf(plan: Plan, states: readonly PartState[]): readonly string[] {
  const standIns = states.filter((state) => state.standIn !== null);
  return [
    ...standIns.map(
      (state) => `${state.name}: no server for it on this machine, so ${state.standIn} stands in. Its clients need no change.`,
    ),
    ...(plan.monitoring === null ? [] : [monitoringNote(plan.monitoring.on, states)]),
  ];
}

function monitoringNote(host: string, states: readonly PartState[]): string {
  return states.some(({ kind }) => kind === "monitoring")
    ? `Prometheus watches the stack on this machine; Grafana and its dashboards come up with groundplan compose up, and on host ${host}.`
    : `Prometheus and Grafana run on host ${host} once the stack is deployed; groundplan up --monitoring runs Prometheus here.`;
}

/** Asks the stack's Prometheus every two seconds which alerts are active, and tells of each change. A stack without one costs nothing. */
export function watchAlerts(stack: RunningStack, onChange: (report: AlertsReport) => void): AlertWatcher {
  const prometheus = () => stack.states().find(({ kind, name }) => kind === "monitoring" && name === "prometheus");
  let report: AlertsReport = { ...NOT_WATCHED, watched: prometheus() !== undefined };
  let busy = false;

  async function ask(): Promise<void> {
    const part = prometheus();
    if (part?.port == null) return;
    let next: AlertsReport;
    try {
      const text = await fetchText({ port: part.port, path: "/api/v1/alerts", timeoutMs: TIMEOUT_MS });
      next = { watched: true, prometheusUrl: part.url, alerts: parseAlerts(text), missing: null };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      next = { watched: true, prometheusUrl: part.url, alerts: report.alerts, missing: `Prometheus does not answer: ${reason}` };
    }
    if (JSON.stringify(next) === JSON.stringify(report)) return;
    report = next;
    onChange(report);
  }

  const timer = setInterval(() => {
    if (busy || !report.watched) return;
    busy = true;
    void ask().finally(() => {
      busy = false;
    });
  }, ASK_EVERY_MS);
  timer.unref();
  return { report: () => report, stop: () => clearInterval(timer) };
}

/**
 * Reads the answer of Prometheus' `GET /api/v1/alerts`.
 *
 * @throws Error when it is something else.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#alerts
 */
export function parseAlerts(text: string): readonly ActiveAlert[] {
  const answer = JSON.parse(text) as { readonly data?: { readonly alerts?: unknown } };
  const alerts = answer.data?.alerts;
  if (!Array.isArray(alerts)) throw new Error("Prometheus' answer lists no alerts");
  return alerts
    .map(parseAlert)
    .filter((alert) => alert !== null)
    .sort((one, other) => rank(one) - rank(other) || one.since - other.since || compare(one.name, other.name));
}

function parseAlert(value: {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly activeAt?: string;
}): ActiveAlert | null {
  const { labels = {}, annotations = {}, state } = value;
  if (state !== "pending" && state !== "firing") return null;
  const name = labels.alertname ?? "alert";
  return {
    name,
    state,
    severity: labels.severity ?? null,
    summary: annotations.summary ?? name,
    description: annotations.description ?? "",
    labels: Object.entries(labels)
      .filter(([label]) => !SAID_ELSEWHERE.has(label))
      .map(([label, text]) => `${label}=${text}`)
      .sort(compare),
    since: Date.parse(value.activeAt ?? "") || 0,
    runbook: annotations.runbook_url ?? annotations.runbook ?? null,
  };
}

function rank({ state }: ActiveAlert): number {
  return state === "firing" ? 0 : 1;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** GET from this machine. Rejects on any answer but 200, and when the whole answer is not there in time. */
function fetchText(request: { port: number; path: string; timeoutMs: number }): Promise<string> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? new Error(`no answer within ${request.timeoutMs} ms`) : error);
    get({ host: "127.0.0.1", port: request.port, path: request.path, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
        else reject(new Error(`status ${response.statusCode} from ${request.path}`));
      });
    }).on("error", fail);
  });
}
