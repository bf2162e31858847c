import type { Ballot, NewBallot } from "./ballot.js";

/** How long the first option of a `voteKey` is remembered; a retry with the same option is the same ballot for ever. */
export const VOTE_KEY_HOURS = 24;

/** Where accepted ballots wait to be counted: the vote service's end. */
export interface BallotQueue {
  /**
   * Resolves when every one of them is durable, but for those that it resolves with: their `voteKey` came with another option first.
   * On an error they may or may not be in, all or none.
   */
  enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]>;
  totals(): Promise<QueueTotals>;
  /** Throws a sentence when ballots cannot be queued durably now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueTotals {
  /** Ballots ever queued, drained or not. */
  readonly added: number;
  /** Ballots still held by the queue; a few counted ones may be among them until they are trimmed. */
  readonly held: number;
}

/** The worker's end. Reading takes nothing away: what is counted, and up to where, PostgreSQL alone knows. */
export interface QueueReader {
  /** Tells the positions of this queue from those of another kind. */
  readonly kind: "redis" | "postgres";
  /** The position before the first ballot. */
  readonly start: string;
  /**
   * The entries behind the given positions, at most `limit` for each partition. Waits up to `waitMs` for the first one.
   * Within a partition they come in queue order.
   */
  read(positions: ReadonlyMap<number, string>, limit: number, waitMs: number): Promise<readonly QueueEntry[]>;
  /**
   * Where to read on, given the position that PostgreSQL has. The same, unless the queue was emptied or replaced by an older
   * copy since: then its start, and the ledger recognises what it has counted before.
   */
  resume(partition: number, position: string): Promise<string>;
  /** Forgets entries that are counted. */
  trim(positions: ReadonlyMap<number, string>): Promise<void>;
  /** Moves what classic clients left in the list `votes` into the queue, in one atomic step. Returns how many it moved. */
  adoptClassic(limit: number): Promise<number>;
  /** Puts an entry that is no ballot aside, with the reason, where an operator finds it. */
  setAside(entry: RejectedEntry): Promise<void>;
  totals(): Promise<QueueTotals>;
  close(): Promise<void>;
}

export interface QueueEntry {
  readonly partition: number;
  readonly position: string;
  /** `null` when the entry holds no valid ballot. */
  readonly ballot: Ballot | null;
  /** The entry's text, for the operator; set when `ballot` is `null`. */
  readonly raw?: string;
}

export interface RejectedEntry {
  readonly raw: string;
  readonly reason: string;
}
