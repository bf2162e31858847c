import type { Counter, Gauge } from "prom-client";

/**
 * Sets a metric to what its source says now; while the source is down the metric is missing, not zero. For `collect`, which
 * runs at each scrape: between reading and setting nothing waits, so that two scrapes at once do not add up.
 */
export async function collectTotal(metric: Counter | Gauge, read: () => Promise<number>, onOutage: (error: Error) => void): Promise<void> {
  try {
    const total = await read();
    metric.reset();
    metric.inc(total);
  } catch (error) {
    metric.remove();
    onOutage(error as Error);
  }
}
