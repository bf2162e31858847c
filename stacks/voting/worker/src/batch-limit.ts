const MIN = 50;
const MAX = 4_000;
const START = 500;

/** A batch that takes longer than this delays the ballots behind it for no more throughput. */
const SLOW_MS = 60;
const FAST_MS = 30;

/** How many ballots a batch may take, by how long the last ones took: large while the database keeps up, small when it is slow. */
export class BatchLimit {
  #value = START;

  get value(): number {
    return this.#value;
  }

  /** @param wasFull Whether the limit, not the supply, set the size: only then is there a reason to grow. */
  learn(durationMs: number, wasFull: boolean): void {
    if (durationMs > SLOW_MS) this.#value = Math.max(MIN, Math.floor(this.#value / 2));
    else if (durationMs < FAST_MS && wasFull) this.#value = Math.min(MAX, this.#value * 2);
  }
}

const LINGER_FROM_BALLOTS = 10;
const LINGER_MS_PER_BALLOT = 0.1;
const LINGER_MAX_MS = 50;

/**
 * How long to let ballots gather before the next batch, in ms. A transaction costs about as much as counting 20 ballots,
 * so under load fewer and larger ones leave more of the machine to the voters; at low load nobody waits.
 */
export function lingerAfter(batchSize: number): number {
  return Math.min(LINGER_MAX_MS, Math.max(0, batchSize - LINGER_FROM_BALLOTS) * LINGER_MS_PER_BALLOT);
}
