/** The times a run keeps to, in ms. Tests shorten them. */
export interface Timing {
  /** Between two health checks of a part that was not healthy since it started. */
  readonly startPollMs: number;
  /** Between two health checks afterwards. */
  readonly pollMs: number;
  /** How long a service may take to become healthy before the start is given up. Databases may recover for longer. */
  readonly startLimitMs: number;
  /** How often a part may die during the start before the start is given up. */
  readonly startDeaths: number;
  /** After that long without becoming healthy, a note says what is being waited for. */
  readonly slowStartMs: number;
  /** How long a part may take to end before it is killed. */
  readonly stopLimitMs: number;
  /** A part that was healthy for that long starts its back-off anew. */
  readonly steadyMs: number;
  /** Changes under `--watch` that are at most that far apart lead to one restart. */
  readonly watchQuietMs: number;
}

export const DEFAULT_TIMING: Timing = {
  startPollMs: 25,
  pollMs: 1_000,
  startLimitMs: 60_000,
  startDeaths: 5,
  slowStartMs: 10_000,
  stopLimitMs: 10_000,
  steadyMs: 10_000,
  watchQuietMs: 150,
};
