/** A Prometheus histogram: upper bounds in ascending order (the last is Infinity) and cumulative counts. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];

  constructor(bounds: readonly number[], counts: readonly number[]) {
    this.bounds = bounds;
    this.counts = counts;
  }

  /** What came after an earlier reading. */
  since(earlier: Histogram): Histogram {
    return new Histogram(
      this.bounds,
      this.counts.map((count, index) => count - (earlier.counts[index] ?? 0)),
    );
  }
}

export async function readHistogram(metricsUrl: string, name: string): Promise<Histogram> {
  return parseHistogram(await (await fetch(metricsUrl)).text(), name);
}

export function parseHistogram(text: string, name: string): Histogram {
  const buckets = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\S+)$`, "gm"))];
  return new Histogram(
    buckets.map(([, bound]) => (bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound))),
    buckets.map(([, , count]) => Number(count)),
  );
}

/** As Prometheus' histogram_quantile: linear within a bucket. In the last bucket, which has no upper bound, its lower bound. */
export function quantileOf({ bounds, counts }: Histogram, quantile: number): number {
  const rank = quantile * (counts.at(-1) ?? 0);
  const index = counts.findIndex((count) => count >= rank);
  const [lower, upper] = [bounds[index - 1] ?? 0, bounds[index] ?? 0];
  if (upper === Number.POSITIVE_INFINITY) return lower;
  const [below, upTo] = [counts[index - 1] ?? 0, counts[index] ?? 0];
  return lower + ((upper - lower) * (rank - below)) / Math.max(1, upTo - below);
}
