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
