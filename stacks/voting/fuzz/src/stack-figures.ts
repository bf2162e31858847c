import { readMetric, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import type { Pool } from "pg";
import type { Counted } from "./check-ledger.js";
import type { MemorySample } from "./memory-rule.js";

/** So much later than its client left a vote may be counted: many times what the vote service waits for the queue. */
const LATE_SECONDS = 30;

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

/** The ledger of a running stack, read where it is. */
export class StackLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Ballots counted so far, and ballots passed over because they had been counted before. */
  async totals(): Promise<{ readonly counted: number; readonly repeated: number }> {
    const { rows } = await this.#pool.query<{ counted: string; repeated: string }>(
      "SELECT COALESCE(SUM(counted), 0) AS counted, COALESCE(SUM(repeated), 0) AS repeated FROM positions",
    );
    return { counted: Number(rows[0]?.counted), repeated: Number(rows[0]?.repeated) };
  }

  /** A moment by the database's clock, which the ballots have their times from. */
  async now(): Promise<string> {
    const { rows } = await this.#pool.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
    return rows[0]?.now as string;
  }

  /** The ballots counted since some time before a moment (some came late), and those with these ids whenever they were counted. */
  async ballots(since: string, ids: readonly string[]): Promise<readonly Counted[]> {
    const { rows } = await this.#pool.query<Counted>(
      "SELECT id, voter, vote FROM ballots WHERE counted_at > $1::timestamptz - make_interval(secs => $3) OR id = ANY($2)",
      [since, ids, LATE_SECONDS],
    );
    return rows;
  }

  /** The ids of all ballots. */
  async ids(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>("SELECT id FROM ballots");
    return rows.map(({ id }) => id);
  }
}
