/** What a level had gained when it was looked at. */
export interface Step {
  readonly atMs: number;
  readonly gained: number;
}

/** A level over time. Kept are its changes: the first look with another value, and the last one before. */
export class Series {
  readonly steps: Step[] = [];
  /** Between one look and the next, in ms: how fine the times are. */
  readonly gapsMs: number[] = [];
  /** Times that the level was lower than before. */
  wentBack = 0;
  #lookedAtMs: number | null = null;

  get gained(): number {
    return this.steps.at(-1)?.gained ?? 0;
  }

  add(atMs: number, gained: number): void {
    const before = this.#lookedAtMs;
    this.#lookedAtMs = atMs;
    if (before !== null) this.gapsMs.push(atMs - before);
    if (gained < this.gained) this.wentBack++;
    if (this.steps.length > 0 && gained === this.gained) return;
    const isAfterRest = before !== null && this.steps.at(-1)?.atMs !== before;
    if (isAfterRest) this.steps.push({ atMs: before, gained: this.gained });
    this.steps.push({ atMs, gained });
  }
}

/**
 * How long each vote took to reach a level, in ms: the n-th vote has reached it when the level has gained n. Each is its own
 * vote's time where votes arrive in the order in which they were sent, as they nearly do; their mean is right whatever the order.
 * Votes that the level never reached have none.
 *
 * @param startsMs When each accepted vote was sent, in ascending order.
 */
export function timesToLevel(startsMs: readonly number[], steps: readonly Step[]): number[] {
  const times: number[] = [];
  for (const { atMs, gained } of steps) {
    while (times.length < Math.min(gained, startsMs.length)) times.push(atMs - (startsMs[times.length] as number));
  }
  return times;
}
