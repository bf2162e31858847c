import type { Ballot, NewBallot } from "./ballot.js";

/** How long the first option of a `voteKey` is remembered; a retry with the same option is the same ballot for ever. */
export const VOTE_KEY_HOURS = 24;

/** Where accepted ballots wait to be counted: the vote service's end. */
export interface BallotQueue {
  /**
   * Resolves when every one of them is durable, but for those that it resolves with: their `voteKey` came with another option first. All or
   * none. When it rejects, they may be in already, but they do not get in from then on: a command that is still on its way finds the fence
   * moved (see fence.ts). So it may take until GIVE_UP_MS to reject.
   */
  enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]>;
  totals(): Promise<QueueTotals>;
  /** Throws a sentence when ballots cannot be queued durably now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueTotals {
  /** Ballots ever queued, counted or not. */
  readonly added: number;
  /** Ballots that wait to be counted; a few counted ones may be among them, as of the last second. */
  readonly held: number;
  /** Counted ballots that are kept, for a database that is restored from a backup. */
  readonly retained: number;
}

/** The worker's end. Reading takes nothing away: what is counted, and up to where, PostgreSQL alone knows. */
export interface QueueReader {
  /** Tells the positions of this queue from those of another kind. */
  readonly kind: "redis" | "postgres";
  /** The position before the first ballot. */
  readonly start: string;
  /**
   * Gets ready to read: finds out which generations the queue has, oldest first. Begins a new one where the queue was emptied, replaced or
   * restarted since, or `after` must not go on. Call it before anything else, and again after an error.
   *
   * @param newest The highest ordinal that is known of any queue.
   */
  open(newest: number, after?: string): Promise<readonly Generation[]>;
  /** Tells the ordinals that the generations of the last `open` have been given; ranks are made with them. */
  rankBy(ordinals: ReadonlyMap<string, number>): void;
  /** What the queue holds of each partition. */
  look(): Promise<readonly PartitionLook[]>;
  /** Where to read on, given what PostgreSQL says is counted. Where in doubt from the start: the ledger knows what it has counted. */
  resume(counted: CountedUpTo, look: PartitionLook): Promise<Resumption>;
  /**
   * The entries behind the given positions, at most `limit` for each partition. Waits up to `waitMs` for the first one.
   * Within a partition they come in queue order. Rejects when the queue is no longer the one that was opened.
   */
  read(positions: ReadonlyMap<number, string>, limit: number, waitMs: number): Promise<readonly QueueEntry[]>;
  /** Takes note of what is counted, and forgets what need not be kept any longer. */
  trim(counted: ReadonlyMap<number, Progress>): Promise<void>;
  /** Of the entries behind a position, those that came after a time: the position before the first of them, and how many there are. */
  since(partition: number, position: string, afterMs: number): Promise<readonly [position: string, entries: number]>;
  /** Whether an entry at this place lies behind `after`, and not behind `upto`. */
  isBetween(position: string, after: string, upto: string): boolean;
  /** Moves what classic clients left in the list `votes` into the queue, in one atomic step. Returns how many it moved. */
  adoptClassic(limit: number): Promise<number>;
  /** Shows what was put aside where an operator of the queue looks: JSON texts. */
  list(rejected: readonly string[]): Promise<void>;
  totals(): Promise<QueueTotals>;
  close(): Promise<void>;
}

/** The queue from one of its beginnings on: its first day, an emptying, another copy, a start of its server. */
export interface Generation {
  readonly id: string;
  readonly ordinal: number;
}

/** How far a partition is counted. */
export interface Progress {
  readonly position: string;
  /** How many entries of the partition lie before and at the position, as the queue numbers them; `null`: not known, or not numbered. */
  readonly entries: number | null;
}

export interface CountedUpTo extends Progress {
  readonly partition: number;
  /** `null`: a version that knew no generations wrote it. */
  readonly generation: string | null;
  /** Generations that the database had seen before this one was opened. */
  readonly seen: ReadonlySet<string>;
}

export interface PartitionLook {
  readonly partition: number;
  /** The id of the newest entry that there ever was. */
  readonly last: string;
  /** Entries that came and are no longer there. */
  readonly removed: number;
}

export interface Resumption extends Progress {
  readonly generation: string | null;
  /** Entries that were never counted in this database and are no longer in the queue. */
  readonly missing: number;
  /** The queue is an older copy of itself: what comes to it from now on needs a generation of its own. */
  readonly isOlderCopy: boolean;
}

export interface QueueEntry {
  readonly partition: number;
  readonly position: string;
  /** `null` when the entry holds no valid ballot. */
  readonly ballot: Ballot | null;
  /** Who put it in: our own vote service has checked what it holds; of anybody else (default) nobody knows. */
  readonly origin?: "vote" | "classic";
  /** Orders the ballots of a voter: the highest one stands. */
  readonly rank?: string;
  /** The id under which version 4 would have counted it. */
  readonly alias?: string;
  /** The entry's text, for the operator; set when `ballot` is `null`. */
  readonly raw?: string;
  /** It has a format that only a newer version can read. */
  readonly isNewer?: true;
}

/** The queue is another one than was opened: emptied, replaced, or begun anew. Open it again. */
export class QueueChanged extends Error {
  constructor() {
    super("the queue was emptied, replaced or restarted: looking at it anew");
  }
}
