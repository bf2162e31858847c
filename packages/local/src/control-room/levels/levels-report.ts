import type { Plan } from "@groundplan/model";
import type { LevelPoint } from "./level-sampler.js";

/** `GET /api/levels`: the pipeline's levels since this run began. */
export interface LevelsReport {
  readonly levels: readonly LevelReport[];
  /** First total minus last: what is still on its way. `null` until every level was seen once. */
  readonly lag: number | null;
  /** Oldest first, one a second. */
  readonly points: readonly LevelPoint[];
}

export interface LevelReport {
  readonly name: string;
  readonly service: string;
  readonly metric: string;
  readonly total: number | null;
  /** Over the last 3 seconds. */
  readonly perSecond: number | null;
  /** Why it could not be read just now. */
  readonly missing: string | null;
}

/** Long enough to even out when in a second the counters are read, short enough to follow a load. */
const RATE_POINTS = 3;

export function levelsReport(plan: Plan, points: readonly LevelPoint[]): LevelsReport {
  const newest = points.at(-1);
  const earlier = points.at(-1 - RATE_POINTS) ?? points[0];
  const levels = (plan.pipeline?.levels ?? []).map((level, index) => {
    const total = newest?.totals[index] ?? null;
    return { ...level, total, perSecond: perSecond(index, earlier, newest), missing: newest?.missing[index] ?? null };
  });
  const first = levels[0]?.total ?? null;
  const last = levels.at(-1)?.total ?? null;
  return { levels, lag: first === null || last === null ? null : first - last, points };
}

function perSecond(level: number, earlier: LevelPoint | undefined, newest: LevelPoint | undefined): number | null {
  const from = earlier?.totals[level] ?? null;
  const to = newest?.totals[level] ?? null;
  if (!earlier || !newest || from === null || to === null || newest.time <= earlier.time) return null;
  return (to - from) / ((newest.time - earlier.time) / 1_000);
}
