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
