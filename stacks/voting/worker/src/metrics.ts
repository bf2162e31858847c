import { collectTotal, type QueueReader } from "@voting/ballots";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface WorkerMetrics {
  readonly counted: Counter;
  readonly repeated: Counter;
  readonly rejected: Counter;
  readonly adopted: Counter;
  readonly failures: Counter;
  readonly partitions: Gauge;
  readonly missing: Gauge;
  readonly stopped: Gauge;
  readonly batchSize: Histogram;
  readonly batchSeconds: Histogram;
  readonly acceptToPersistSeconds: Histogram;
}

const LATENCY_BUCKETS_SECONDS = [0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(registry: Registry, reader: QueueReader, onOutage: (error: Error) => void): WorkerMetrics {
  const registers = [registry];
  new Gauge({
    name: "votes_queue_held",
    help: "Ballots that wait in the queue to be counted; a few counted ones may be among them, as of the last second",
    registers,
    async collect() {
      await collectTotal(this, async () => (await reader.totals()).held, onOutage);
    },
  });
  new Gauge({
    name: "votes_queue_retained",
    help: "Counted ballots that the queue keeps, for a database that is restored from a backup",
    registers,
    async collect() {
      await collectTotal(this, async () => (await reader.totals()).retained, onOutage);
    },
  });
  return {
    counted: new Counter({ name: "votes_counted_total", help: "Ballots counted by this process", registers }),
    repeated: new Counter({ name: "votes_repeated_total", help: "Ballots passed over because the ledger had them", registers }),
    rejected: new Counter({ name: "votes_rejected_total", help: "Queue entries that were no ballots and were put aside", registers }),
    adopted: new Counter({ name: "votes_classic_total", help: "Votes moved from the classic list into the queue", registers }),
    failures: new Counter({ name: "votes_count_failures_total", help: "Times that counting broke off and began anew", registers }),
    partitions: new Gauge({ name: "votes_partitions_held", help: "Partitions that this worker counts", registers }),
    missing: new Gauge({
      name: "votes_missing",
      help: "Ballots that this database never counted and the queue no longer has; while there are any, nothing is counted",
      registers,
    }),
    stopped: new Gauge({
      name: "votes_partitions_stopped",
      help: "Partitions that stand still before an entry of a newer format",
      registers,
    }),
    batchSize: new Histogram({
      name: "votes_batch_size",
      help: "Ballots in a batch",
      buckets: [1, 3, 10, 30, 100, 300, 1000, 3000, 10000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: "votes_batch_seconds",
      help: "Time of the transaction of a batch",
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    }),
    acceptToPersistSeconds: new Histogram({
      name: "votes_accept_to_persist_seconds",
      help: "From reading a vote to its commit in PostgreSQL",
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    }),
  };
}
