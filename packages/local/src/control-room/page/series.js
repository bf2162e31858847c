/** @typedef {{ time: number, totals: (number | null)[], missing: (string | null)[] }} LevelPoint */
/** @typedef {"rates" | "totals" | "behind"} View */

/** Seconds over which a rate is taken: evens out when in its second a counter was read, and follows a load closely. */
const RATE_POINTS = 3;

/**
 * The points of the last so many ms before the newest.
 *
 * @template {{ time: number }} Point
 * @param {Point[]} points oldest first
 * @returns {Point[]}
 */
export function lastOf(points, ms) {
  const from = (points.at(-1)?.time ?? 0) - ms;
  return points.slice(points.findIndex((point) => point.time >= from));
}

/**
 * What the chart draws: one list of values a level, a value a point, `null` where there is none.
 *
 * @param {LevelPoint[]} points oldest first
 * @param {number} levels how many
 * @param {View} view
 * @returns {(number | null)[][]}
 */
export function seriesOf(points, levels, view) {
  return Array.from({ length: levels }, (_, level) => points.map((_, index) => valueAt(points, index, level, view)));
}

/** @returns {number | null} */
export function valueAt(points, index, level, view) {
  const point = points[index];
  const total = point?.totals[level] ?? null;
  if (total === null || point.missing[level] !== null) return null;
  switch (view) {
    case "totals":
      return total;
    case "rates":
      return rateAt(points, index, level);
    case "behind": {
      const first = point.totals[0];
      return first === null ? null : Math.max(0, first - total);
    }
    default:
      throw new Error(`no view "${view}"`);
  }
}

/** Per second, over the seconds up to this point. `null` without an earlier point. */
export function rateAt(points, index, level) {
  const from = points[Math.max(0, index - RATE_POINTS)];
  const to = points[index];
  const before = from?.totals[level] ?? null;
  const after = to?.totals[level] ?? null;
  if (before === null || after === null || to.time <= from.time) return null;
  return Math.max(0, (after - before) / ((to.time - from.time) / 1_000));
}

/**
 * Round values for the axis, from 0 to at least the highest.
 *
 * @example axisTicks(930)   // [0, 250, 500, 750, 1000]
 */
export function axisTicks(highest) {
  const rough = Math.max(highest, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  return [0, 1, 2, 3, 4].map((count) => count * step);
}
