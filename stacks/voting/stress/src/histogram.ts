/** Latencies from `fromMs` to below `toMs`. */
export interface Bucket {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

const BUCKETS_A_DECADE = 10;
/** Below it everything is in the first bucket. */
const LEAST_MS = 0.1;

/** How often latencies of each size came: buckets of the same width on a logarithmic scale, ten for each power of ten, without a gap. */
export function histogramOf(values: readonly number[]): readonly Bucket[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    const index = Math.floor(BUCKETS_A_DECADE * Math.log10(Math.max(value, LEAST_MS)));
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const first = Math.min(...counts.keys());
  const last = Math.max(...counts.keys());
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const index = first + offset;
    return { fromMs: edge(index), toMs: edge(index + 1), count: counts.get(index) ?? 0 };
  });
}

const edge = (index: number): number => 10 ** (index / BUCKETS_A_DECADE);

/** A logarithmic axis over whole powers of ten. */
export class LogAxis {
  readonly #low: number;
  readonly #high: number;

  /** @param buckets All that is to be shown on it. */
  constructor(buckets: readonly Bucket[]) {
    this.#low = Math.floor(Math.min(0, ...buckets.map(({ fromMs }) => Math.log10(fromMs) + 1e-9)));
    this.#high = Math.ceil(Math.max(this.#low + 1, ...buckets.map(({ toMs }) => Math.log10(toMs) - 1e-9)));
  }

  /** The place of a latency, in % of the axis. */
  at(valueMs: number): number {
    const share = (Math.log10(Math.max(valueMs, LEAST_MS)) - this.#low) / (this.#high - this.#low);
    return 100 * Math.min(1, Math.max(0, share));
  }

  /** The powers of ten. */
  get ticksMs(): readonly number[] {
    return Array.from({ length: this.#high - this.#low + 1 }, (_, index) => 10 ** (this.#low + index));
  }
}
