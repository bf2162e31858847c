import type { Percentiles } from "@voting/stress";

/** How often each latency was found, in whole ms: as small for millions of values as for a few. */
export class LatencyCounts {
  readonly #counts = new Map<number, number>();
  #size = 0;

  /** From what `entries` gave, in another process perhaps. */
  static of(entries: readonly (readonly [number, number])[]): LatencyCounts {
    const counts = new LatencyCounts();
    for (const [ms, times] of entries) counts.add(ms, times);
    return counts;
  }

  add(ms: number, times = 1): void {
    const whole = Math.round(ms);
    this.#counts.set(whole, (this.#counts.get(whole) ?? 0) + times);
    this.#size += times;
  }

  /** Adds the others, each of them by `shiftMs` later. */
  addAll(others: LatencyCounts, shiftMs = 0): void {
    for (const [ms, times] of others.#counts) this.add(ms + shiftMs, times);
  }

  /** Pairs of ms and times, ascending. */
  get entries(): readonly (readonly [number, number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  get size(): number {
    return this.#size;
  }

  /** Nearest rank; zeros when there is nothing. */
  get percentiles(): Percentiles {
    const { entries, size } = this;
    const at = (share: number): number => {
      let passed = 0;
      for (const [ms, times] of entries) {
        passed += times;
        if (passed >= share * size) return ms;
      }
      return 0;
    };
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  }
}
