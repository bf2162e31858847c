import type { Plan } from "@groundplan/model";
import type { PartState, RunningStack } from "../../running-stack.js";
import { fetchText } from "./fetch-text.js";
import { addReadings, type LevelReading, type LevelTotals, noLevelTotals } from "./level-totals.js";
import { sumSeries } from "./sum-series.js";

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
