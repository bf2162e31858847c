import assert from "node:assert/strict";
import type { Ballot } from "@voting/ballots";
import type { History } from "./history.js";

export interface Vote {
  readonly voter: string;
  readonly option: string;
}

/** What the queue took, in order. */
export class Arrivals {
  /** A ballot that was retried is here each time. */
  readonly cast: Ballot[] = [];
  readonly classic: Vote[] = [];
  readonly rubbish: string[] = [];

  /** Checks that all of it came out of the queue's other end, each voter's in order. */
  check({ entries, torn }: History): void {
    const castIds = new Set(this.cast.map(({ id }) => id));
    const ballots = entries.flatMap(({ ballot }) => ballot ?? []);
    const cast = ballots.filter(({ id }) => castIds.has(id));
    // An older copy brings ballots back late, and elements of the classic list, which have no id, as others.
    if (torn) {
      assert.deepEqual(cast.map(({ id }) => id).sort(), this.cast.map(({ id }) => id).sort());
      return;
    }
    assert.deepEqual(byVoter(cast), byVoter(this.cast));
    const classic = ballots.filter(({ id }) => !castIds.has(id)).map(({ voter, option }) => ({ voter, option }));
    assert.deepEqual(byVoter(classic), byVoter(this.classic));
    const rubbish = entries.filter(({ ballot }) => ballot === null).map(({ raw }) => raw);
    assert.deepEqual(rubbish.sort(), this.rubbish.map((text) => `classic ${text}`).sort());
  }
}

function byVoter<T extends Vote>(votes: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const lists = new Map<string, T[]>();
  for (const vote of votes) lists.set(vote.voter, [...(lists.get(vote.voter) ?? []), vote]);
  return lists;
}
