import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface ViewerMetrics {
  readonly open: Gauge;
  readonly pushSeconds: Histogram;
  /** unread: cut off, it did not read; limit: turned away, there were too many. */
  readonly dropped: Counter<"reason">;
}

export function createViewerMetrics(registry: Registry): ViewerMetrics {
  const registers = [registry];
  return {
    open: new Gauge({ name: "result_viewers", help: "Open event streams", registers }),
    pushSeconds: new Histogram({
      name: "result_push_seconds",
      help: "Time to hand one event to all viewers",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
      registers,
    }),
    dropped: new Counter({
      name: "result_viewers_dropped_total",
      help: "Viewers cut off because they did not read (unread), or turned away because there were too many (limit)",
      labelNames: ["reason"],
      registers,
    }),
  };
}
