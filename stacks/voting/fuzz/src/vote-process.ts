import { readMetric, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import type { MemorySample } from "./memory-rule.js";

/** What the vote process says of itself. */
export interface VoteFigures extends MemorySample {
  readonly openFiles: number;
  readonly accepted: number;
  /** `null`: the queue is down. */
  readonly queued: number | null;
}

/** Watches the vote process from outside, over one connection of its own. */
export class VoteProcess {
  readonly #client: StackClient;

  constructor(run: VotingRun) {
    this.#client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 1);
  }

  async figures(): Promise<VoteFigures> {
    const { status, body } = await this.#client.fromVote("/metrics");
    if (status !== 200) throw new Error(`/metrics answers ${status}`);
    return {
      residentBytes: readMetric(body, "process_resident_memory_bytes"),
      heapBytes: readMetric(body, "nodejs_heap_size_used_bytes"),
      collections: Number(/^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)$/m.exec(body)?.[1] ?? 0),
      openFiles: readMetric(body, "process_open_fds"),
      accepted: readMetric(body, "votes_accepted_total"),
      queued: /^votes_queued_total /m.test(body) ? readMetric(body, "votes_queued_total") : null,
    };
  }

  /** The status of /healthz. */
  async health(): Promise<number> {
    return (await this.#client.fromVote("/healthz")).status;
  }

  close(): void {
    this.#client.close();
  }
}
