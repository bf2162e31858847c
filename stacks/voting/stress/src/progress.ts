/** How far a run is, for whoever watches it. */
export interface Progress {
  readonly phase: "draining" | "casting" | "settling" | "looking up";
  /** Of the phase, out of `total`. While draining: ballots of before that the queue still holds, out of what it held at first. */
  readonly done: number;
  readonly total: number;
  readonly accepted: number;
  /** What each level has gained. */
  readonly queued: number;
  readonly persisted: number;
  readonly visible: number;
  /** Votes without a good answer. */
  readonly errors: number;
  /** Accepted a second so far. */
  readonly votesPerSecond: number;
}
