/** How the votes are shared out: a weight for each of the poll's first options. */
export type Split = readonly number[];

/** As in the classic load test. */
export const DEFAULT_SPLIT: Split = [60, 40];

/** "70/30" or "50/30/20": two or more whole numbers, not all of them 0. `null`: not a split. */
export function parseSplit(text: string): Split | null {
  if (!/^\d{1,6}(\/\d{1,6})+$/.test(text)) return null;
  const split = text.split("/").map(Number);
  return split.some((weight) => weight > 0) ? split : null;
}

/**
 * The options in the order in which they are voted for, without end: after every so many votes each has its share of them, and no
 * option waits longer than it must (smooth weighted round robin).
 */
export function* sharedOut<T>(options: readonly T[], split: Split): Generator<T, never> {
  const total = split.reduce((sum, weight) => sum + weight, 0);
  const due = split.map(() => 0);
  for (;;) {
    split.forEach((weight, index) => {
      due[index] = (due[index] as number) + weight;
    });
    const next = due.indexOf(Math.max(...due));
    due[next] = (due[next] as number) - total;
    yield options[next] as T;
  }
}
