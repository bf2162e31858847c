import { type BallotQueue, collectTotal } from "@voting/ballots";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface VoteMetrics {
  readonly accepted: Counter;
  readonly refused: Counter<"reason">;
  readonly acceptSeconds: Histogram;
  /** Tells where to ask, at each scrape, how many votes wait. */
  watchWaiting(read: () => number): void;
}

const BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The queue's totals are asked of the queue at each scrape; while it is down they are missing, not zero. */
export function createMetrics(registry: Registry, queue: BallotQueue, onOutage: (error: Error) => void): VoteMetrics {
  new Gauge({
    name: "votes_queue_held",
    help: "Ballots that wait in the queue to be counted; a few counted ones may be among them, as of the last second",
    registers: [registry],
    async collect() {
      await collectTotal(this, async () => (await queue.totals()).held, onOutage);
    },
  });
  new Counter({
    name: "votes_queued_total",
    help: "Ballots ever queued, by any vote service, as the queue itself tells",
    registers: [registry],
    async collect() {
      await collectTotal(this, async () => (await queue.totals()).added, onOutage);
    },
  });
  return {
    accepted: new Counter({
      name: "votes_accepted_total",
      help: "Votes answered with 2xx since this process started: each one is durable in the queue",
      registers: [registry],
    }),
    refused: new Counter({
      name: "votes_refused_total",
      help: "Votes answered with 4xx or 5xx since this process started",
      labelNames: ["reason"],
      registers: [registry],
    }),
    watchWaiting(read) {
      new Gauge({
        name: "votes_waiting",
        help: "Votes that are read and not yet on their way to the queue",
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    acceptSeconds: new Histogram({
      name: "votes_accept_seconds",
      help: "From reading a vote to its ballot being durable in the queue",
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    }),
  };
}
