import { type CastVote, isSafe, type Voter } from "./voter.js";

/** What the tables hold. */
export interface Found {
  /** Ballots that were counted. */
  readonly ledger: readonly { readonly id: string; readonly voter: string; readonly vote: string }[];
  /** The vote of each voter, and the ballot that it came with. */
  readonly standing: readonly { readonly id: string; readonly vote: string; readonly ballot: string | null }[];
}

/** What is wrong, a sentence each. */
export interface Verdict {
  /** Acknowledged, and not counted. */
  readonly lost: readonly string[];
  /** Counted more often than it was cast. */
  readonly doubled: readonly string[];
  /** Counted, and cast by nobody. */
  readonly invented: readonly string[];
  readonly wrongStanding: readonly string[];
}

type Row = Found["ledger"][number];
type Sentences = { readonly [list in keyof Verdict]: string[] };

/** The ballot of a receipt. */
export const ballotOf = (receipt: string): string => receipt.slice(0, 36);

/** Compares what the voters know with what was counted: promises 1 and 2, and that nothing else was counted. */
export function checkTruth(voters: readonly Voter[], { ledger, standing }: Found): Verdict {
  const wrong: Sentences = { lost: [], doubled: [], invented: [], wrongStanding: [] };
  const named = voters.filter((voter) => voter.id !== null);
  const rows = groupBy(ledger, (row) => row.voter);
  const stands = new Map(standing.map((row) => [row.id, row]));
  for (const id of repeated(
    named.flatMap((voter) => voter.votes.flatMap(({ receipt }) => (receipt === null ? [] : [ballotOf(receipt)]))),
  )) {
    wrong.doubled.push(`ballot ${id} was given for two votes`);
  }
  for (const id of repeated(ledger.map((row) => row.id))) wrong.doubled.push(`ballot ${id} is in the ledger twice`);
  for (const voter of named) {
    const own = rows.get(voter.id as string) ?? [];
    checkLedger(voter, own, wrong);
    checkStanding(voter, own, stands.get(voter.id as string), wrong);
  }
  checkStrangers(voters, named, rows, stands, wrong);
  return wrong;
}

function checkLedger(voter: Voter, own: readonly Row[], wrong: Sentences): void {
  const votes = voter.known();
  const byBallot = new Map(votes.flatMap((vote) => (vote.receipt === null ? [] : [[ballotOf(vote.receipt), vote] as const])));
  const counted = new Map(own.map((row) => [row.id, row]));
  for (const [ballot, vote] of byBallot) {
    const { option } = vote;
    const row = counted.get(ballot);
    if (row === undefined && !isSafe(vote)) continue;
    if (row === undefined) wrong.lost.push(`ballot ${ballot} of voter ${voter.id} (${option}) was acknowledged and is not in the ledger`);
    else if (row.vote !== option) wrong.invented.push(`ballot ${ballot} was cast for ${option} and counted for ${row.vote}`);
  }
  // Of those without a receipt only their number can be told.
  const others = own.filter((row) => !byBallot.has(row.id));
  const unnamed = votes.filter((vote) => vote.receipt === null);
  for (const option of new Set(
    [...unnamed, ...others.map((row) => ({ option: row.vote, acknowledged: false }))].map((vote) => vote.option),
  )) {
    const cast = unnamed.filter((vote) => vote.option === option);
    const least = cast.filter(isSafe).length;
    const found = others.filter((row) => row.vote === option).length;
    const what = `voter ${voter.id} cast ${option} ${cast.length} times without a receipt, ${least} of them acknowledged; counted are ${found}`;
    if (found < least) wrong.lost.push(what);
    if (found > cast.length) (votes.some((vote) => vote.option === option) ? wrong.doubled : wrong.invented).push(what);
  }
}

function checkStanding(voter: Voter, own: readonly Row[], row: Found["standing"][number] | undefined, wrong: Sentences): void {
  const what = wrongAbout(voter, own, row);
  if (what === null) return;
  const possible = voter.mayStand().map((vote) => `${vote.option} (${vote.receipt === null ? "no receipt" : ballotOf(vote.receipt)})`);
  wrong.wrongStanding.push(`voter ${voter.id}: ${what}; possible: ${possible.join(", ") || "none"}`);
}

/** What is wrong about a voter's standing vote; `null`: nothing. */
function wrongAbout(voter: Voter, own: readonly Row[], row: Found["standing"][number] | undefined): string | null {
  if (row === undefined) return own.length > 0 || voter.known().some(isSafe) ? "no vote stands" : null;
  const what = `${row.vote} stands (ballot ${row.ballot})`;
  const ballot = own.find(({ id }) => id === row.ballot);
  if (ballot === undefined || ballot.vote !== row.vote) return `${what}, which is not what the ledger has of it`;
  const stands = voter.known().find((vote) => vote.receipt !== null && ballotOf(vote.receipt) === row.ballot);
  const candidates = voter.mayStand();
  if (stands === undefined) return candidates.some((vote) => vote.receipt === null && vote.option === row.vote) ? null : what;
  if (!candidates.includes(stands)) return what;
  if (!isSafe(stands)) return null; // It may have come in again, with a retry.
  const later = laterCounted(voter, stands, own);
  return later === undefined ? null : `${what}, and ${later} was cast and counted later`;
}

/** An option of which a ballot without an answer was counted that can only have come behind the one that stands. */
function laterCounted(voter: Voter, stands: CastVote, own: readonly Row[]): string | undefined {
  const receipts = new Set(voter.votes.flatMap(({ receipt }) => (receipt === null ? [] : [ballotOf(receipt)])));
  const unnamed = voter.known().filter((vote) => vote.receipt === null);
  return own
    .filter((row) => !receipts.has(row.id))
    .map((row) => row.vote)
    .find((option) => unnamed.filter((vote) => vote.option === option).every((vote) => vote.sentAt > stands.endedAt));
}

/** Voters whose first vote got no answer: each is counted once at most, under an id that nobody was told. */
function checkStrangers(
  voters: readonly Voter[],
  named: readonly Voter[],
  rows: ReadonlyMap<string, readonly Row[]>,
  stands: ReadonlyMap<string, Found["standing"][number]>,
  wrong: Sentences,
): void {
  const known = new Set(named.map((voter) => voter.id));
  const left = new Map<string, number>();
  for (const { option } of voters.flatMap((voter) => voter.nameless())) left.set(option, (left.get(option) ?? 0) + 1);
  for (const [voter, own] of rows) {
    if (known.has(voter)) continue;
    const [first, ...more] = own as [Row, ...Row[]];
    const may = left.get(first.vote) ?? 0;
    left.set(first.vote, may - 1);
    if (may <= 0) wrong.invented.push(`ballot ${first.id} for ${first.vote} of voter ${voter}: nobody cast it`);
    if (more.length > 0) wrong.doubled.push(`voter ${voter}, who never got an answer, is counted ${own.length} times`);
    if (stands.get(voter)?.ballot !== first.id && more.length === 0)
      wrong.wrongStanding.push(`voter ${voter}: ballot ${first.id} does not stand`);
  }
  for (const [voter, row] of stands) {
    if (!known.has(voter) && !rows.has(voter))
      wrong.invented.push(`the vote ${row.vote} of voter ${voter}: the ledger has none of this voter`);
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function repeated(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}
