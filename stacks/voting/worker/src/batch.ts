import { createHash } from "node:crypto";
import type { Ballot, CountStep, QueueEntry } from "@voting/ballots";

/** What one transaction counts. */
export interface Batch {
  readonly steps: readonly CountStep[];
  /** Partition -> how many of its entries the batch takes. */
  readonly entries: ReadonlyMap<number, number>;
  /** Partition -> how many of them an operator chose not to count. */
  readonly discarded: ReadonlyMap<number, number>;
  readonly ballots: readonly Ballot[];
  /** Of each ballot; see QueueEntry. */
  readonly ranks: readonly string[];
  /** Of each ballot, or empty when none has one. */
  readonly aliases: readonly (string | null)[];
  readonly rejected: readonly Rejected[];
  /** Partitions that stop before an entry which only a newer version can read, and its position. */
  readonly newer: ReadonlyMap<number, string>;
}

export interface Rejected {
  readonly raw: string;
  readonly reason: string;
  readonly place: string;
}

const MIN = 50;

const MAX = 4_000;

const START = 500;

/** A batch that takes longer than this delays the ballots behind it for no more throughput. */
const SLOW_MS = 60;

const FAST_MS = 30;

const LINGER_FROM_BALLOTS = 10;

const LINGER_MS_PER_BALLOT = 0.1;

const LINGER_MAX_MS = 50;

/**
 * A batch of the entries that were read behind `positions`. Entries of partitions that are no longer claimed are left out: their
 * new owner reads them again. Entries that are no valid ballots move the position on and are put aside; an entry of a newer format stops
 * its partition.
 *
 * @param optionIds What a ballot of a classic writer may choose. What our own vote service has taken in is counted in any case: it may be a
 * newer version than this, which has more options.
 * @param isDiscarded Whether an operator chose not to count an entry. Default: none.
 */
export function batchOf(
  entries: readonly QueueEntry[],
  positions: ReadonlyMap<number, string>,
  optionIds: ReadonlySet<string>,
  isDiscarded: (entry: QueueEntry) => boolean = () => false,
): Batch {
  const after = new Map<number, string>();
  const taken = new Map<number, number>();
  const discarded = new Map<number, number>();
  const newer = new Map<number, string>();
  const ballots: Ballot[] = [];
  const ranks: string[] = [];
  const aliases: (string | null)[] = [];
  let hasAliases = false;
  const rejected: Rejected[] = [];
  for (const entry of entries) {
    const { partition, position, ballot, origin, rank = "", alias = null } = entry;
    if (!positions.has(partition) || newer.has(partition)) continue;
    if (entry.isNewer) {
      newer.set(partition, position);
      continue;
    }
    after.set(partition, position);
    taken.set(partition, (taken.get(partition) ?? 0) + 1);
    if (isDiscarded(entry)) discarded.set(partition, (discarded.get(partition) ?? 0) + 1);
    else if (ballot === null) rejected.push(reject(entry, entry.raw ?? "", "not a ballot"));
    else if (origin !== "vote" && !optionIds.has(ballot.option))
      rejected.push(reject(entry, JSON.stringify(ballot), "not an option of this poll"));
    else {
      ballots.push(ballot);
      ranks.push(rank);
      aliases.push(alias);
      hasAliases ||= alias !== null;
    }
  }
  const steps = [...after].map(([partition, position]) => ({ partition, before: positions.get(partition) as string, after: position }));
  return { steps, entries: taken, discarded, ballots, ranks, aliases: hasAliases ? aliases : [], rejected, newer };
}

/** A place is that of one entry for good, also where another queue has another entry at the same position. */
function reject({ partition, position }: QueueEntry, raw: string, reason: string): Rejected {
  return { raw, reason, place: `${partition} ${position} ${createHash("sha256").update(raw).digest("hex").slice(0, 16)}` };
}

/** How many ballots a batch may take, by how long the last ones took: large while the database keeps up, small when it is slow. */
export class BatchLimit {
  #value = START;

  get value(): number {
    return this.#value;
  }

  /** @param wasFull Whether the limit, not the supply, set the size: only then is there a reason to grow. */
  learn(durationMs: number, wasFull: boolean): void {
    if (durationMs > SLOW_MS) this.#value = Math.max(MIN, Math.floor(this.#value / 2));
    else if (durationMs < FAST_MS && wasFull) this.#value = Math.min(MAX, this.#value * 2);
  }
}

/**
 * How long to let ballots gather before the next batch, in ms. A transaction costs about as much as counting 20 ballots,
 * so under load fewer and larger ones leave more of the machine to the voters; at low load nobody waits.
 */
export function lingerAfter(batchSize: number): number {
  return Math.min(LINGER_MAX_MS, Math.max(0, batchSize - LINGER_FROM_BALLOTS) * LINGER_MS_PER_BALLOT);
}
