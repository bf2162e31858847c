import type { Ballot, QueueEntry } from "@voting/ballots";

/** The tables, as one snapshot has them. */
export interface Tables {
  readonly ledger: readonly { readonly id: string; readonly voter: string; readonly vote: string; readonly rank: string }[];
  readonly votes: readonly { readonly id: string; readonly vote: string; readonly ballot: string }[];
  readonly positions: readonly { readonly partition: number; readonly position: string }[];
  /** Ballots counted, as the positions have it. */
  readonly counted: number;
  readonly tally: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<string, number>>;
}

interface PastEntry extends QueueEntry {
  /** The queue lost it before it was counted. A worker that had read it by then may count it still. */
  lost: boolean;
  /** Its place among all that ever came. What was lost and is back has the place it had. */
  readonly order: number;
}

export const keyOf = ({ partition, position }: QueueEntry): string => `${partition} ${position}`;

/**
 * The model: all that was ever in the queue, in order. What the tables must be follows from it and from which ballots are counted:
 * nothing else may be in them, and the counted ones are the first of each partition.
 */
export class History {
  readonly #options: ReadonlySet<string>;
  readonly #entries = new Map<string, PastEntry>();
  readonly #orders = new Map<string, number>();
  /** Whether the queue was ever emptied or replaced by an older copy. */
  torn = false;

  constructor(options: ReadonlySet<string>) {
    this.#options = options;
  }

  get entries(): readonly Readonly<PastEntry>[] {
    return [...this.#entries.values()];
  }

  /** Takes in what came since. Call it often enough: nothing that was trimmed before it was seen is known. */
  observe(held: readonly QueueEntry[]): void {
    for (const entry of held) {
      const key = keyOf(entry);
      if (!this.#orders.has(key)) this.#orders.set(key, this.#orders.size);
      if (!this.#entries.has(key)) this.#entries.set(key, { ...entry, lost: false, order: this.#orders.get(key) as number });
    }
  }

  /**
   * The queue now holds these entries and no others, by no doing of a worker. What was lost and is back is counted after what is, and stands
   * where it stood.
   */
  tear(held: readonly QueueEntry[], { ledger }: Tables): void {
    this.torn = true;
    const safe = new Set(held.map(keyOf));
    const counted = new Set(ledger.map(({ id }) => id));
    for (const [key, entry] of this.#entries) {
      if (entry.ballot && counted.has(entry.ballot.id)) entry.lost = false;
      else if (!safe.has(key)) entry.lost = true;
      else if (entry.lost) this.#entries.delete(key);
    }
    this.observe(held);
  }

  isLost(ballotId: string): boolean {
    return this.entries.some(({ ballot, lost }) => lost && ballot?.id === ballotId);
  }

  /** The entries that no worker may count. */
  get rejects(): readonly Readonly<PastEntry>[] {
    return this.entries.filter((entry) => !this.#isCountable(entry));
  }

  /** Our own vote service has checked what it took in; a classic client checks nothing. */
  #isCountable({ ballot, origin }: QueueEntry): boolean {
    return ballot !== null && (origin === "vote" || this.#options.has(ballot.option));
  }

  /** Each ballot that may be counted, where it first came. */
  get #firstPlaces(): readonly (PastEntry & { ballot: Ballot })[] {
    const places = new Map<string, PastEntry & { ballot: Ballot }>();
    for (const entry of this.#entries.values()) {
      const { ballot } = entry;
      if (ballot && this.#isCountable(entry) && !places.has(ballot.id)) places.set(ballot.id, { ...entry, ballot });
    }
    return [...places.values()];
  }

  /** Ballots that are not counted and should be in the end. */
  uncounted({ ledger }: Tables): readonly string[] {
    const counted = new Set(ledger.map(({ id }) => id));
    return this.#firstPlaces.filter(({ lost, ballot }) => !lost && !counted.has(ballot.id)).map(({ ballot }) => ballot.id);
  }

  /** What is wrong with the tables, at any moment. `held` was read before them. */
  problems(tables: Tables, held: readonly QueueEntry[]): readonly string[] {
    const problems: string[] = [];
    const requireEqual = (what: string, actual: unknown, expected: unknown): void => {
      const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
      if (is !== should) problems.push(`${what}: is ${is}, should be ${should}`);
    };
    const counted = new Set(tables.ledger.map(({ id }) => id));
    const places = this.#firstPlaces;
    const ours = places.filter(({ ballot }) => counted.has(ballot.id));

    requireEqual("the tally", tables.tally, tables.groups);
    requireEqual("the ballots that the positions count", tables.counted, tables.ledger.length);
    requireEqual(
      "the ledger",
      sortedById(tables.ledger.map(({ id, voter, vote }) => ({ id, voter, vote }))),
      sortedById(ours.map(({ ballot }) => ({ id: ballot.id, voter: ballot.voter, vote: ballot.option }))),
    );
    const standing = this.#standing(tables);
    requireEqual("the votes that stand", sortedById(tables.votes), sortedById([...standing.values()]));

    const safe = new Set(held.map(({ ballot }) => ballot?.id));
    const gone = this.uncounted(tables).filter((id) => !safe.has(id));
    requireEqual("ballots that are neither counted nor in the queue", gone, []);
    for (const partition of new Set(places.map((place) => place.partition))) {
      const own = places.filter((place) => place.partition === partition && (!place.lost || counted.has(place.ballot.id)));
      const skipped = own.findIndex(({ ballot }) => !counted.has(ballot.id));
      const after = skipped === -1 ? [] : own.slice(skipped).filter(({ ballot }) => counted.has(ballot.id));
      requireEqual(`ballots of partition ${partition} that were counted before an earlier one`, after, []);
    }
    if (!this.torn) problems.push(...this.#positionProblems(tables, counted));
    return problems;
  }

  /** Voter -> the ballot that came last of those that are counted, in the place that it was counted from. */
  #standing({ ledger }: Tables): ReadonlyMap<string, { readonly id: string; readonly vote: string; readonly ballot: string }> {
    const standing = new Map<string, { readonly id: string; readonly vote: string; readonly ballot: string; readonly order: number }>();
    const orders = new Map(this.entries.map((entry) => [`${entry.ballot?.id} ${entry.position}`, entry.order]));
    for (const { id, voter, vote, rank } of ledger) {
      const order = orders.get(`${id} ${positionIn(rank)}`) ?? -1;
      if (order > (standing.get(voter)?.order ?? -2)) standing.set(voter, { id: voter, vote, ballot: id, order });
    }
    return new Map([...standing].map(([voter, { id, vote, ballot }]) => [voter, { id, vote, ballot }]));
  }

  /** A position is that of an entry, behind which nothing is counted and before which all is. */
  #positionProblems({ positions }: Tables, counted: ReadonlySet<string>): readonly string[] {
    const problems: string[] = [];
    for (const { partition, position } of positions) {
      const own = [...this.#entries.values()].filter((entry) => entry.partition === partition);
      const done = own.findIndex((entry) => entry.position === position) + 1;
      const firsts = new Set(this.#firstPlaces.map(keyOf));
      const wrong = own.filter((entry, index) => firsts.has(keyOf(entry)) && counted.has(entry.ballot?.id as string) !== index < done);
      if (wrong.length > 0) problems.push(`position ${position} of partition ${partition} is not where the counted ballots end`);
    }
    return problems;
  }
}

/** The position that a rank holds behind its generation. */
function positionIn(rank: string): string {
  const digits = rank.replaceAll("-", "").slice(12);
  const [ms, sequence] = [Number.parseInt(digits.slice(0, 12), 16), Number.parseInt(digits.slice(12), 16)];
  return ms === 0 ? String(sequence) : `${ms}-${sequence}`;
}

function sortedById<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}
