import type { Ballot, CountStep, QueueEntry } from "@voting/ballots";

/** What one transaction counts. */
export interface Batch {
  readonly steps: readonly CountStep[];
  readonly ballots: readonly Ballot[];
  readonly rejected: readonly { readonly raw: string; readonly reason: string }[];
}

/**
 * A batch of the entries that were read behind `positions`. Entries of partitions that are no longer claimed are left out: their
 * new owner reads them again. Entries that are no valid ballots move the position on and are put aside.
 *
 * @param optionIds What a ballot may choose. The vote service has checked its own; classic writers check nothing.
 */
export function batchOf(entries: readonly QueueEntry[], positions: ReadonlyMap<number, string>, optionIds: ReadonlySet<string>): Batch {
  const after = new Map<number, string>();
  const ballots: Ballot[] = [];
  const rejected: { raw: string; reason: string }[] = [];
  for (const entry of entries) {
    if (!positions.has(entry.partition)) continue;
    after.set(entry.partition, entry.position);
    if (entry.ballot === null) rejected.push({ raw: entry.raw ?? "", reason: "not a ballot" });
    else if (!optionIds.has(entry.ballot.option))
      rejected.push({ raw: JSON.stringify(entry.ballot), reason: "not an option of this poll" });
    else ballots.push(entry.ballot);
  }
  const steps = [...after].map(([partition, position]) => ({ partition, before: positions.get(partition) as string, after: position }));
  return { steps, ballots, rejected };
}
