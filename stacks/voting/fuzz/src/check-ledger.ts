import type { Acknowledged, OpenVote } from "./judge.js";

/** A ballot that was counted. */
export interface Counted {
  readonly id: string;
  readonly voter: string;
  readonly vote: string;
}

/** What the answers to an exchange say about the ledger. */
export interface Claim {
  readonly index: number;
  readonly name: string;
  /** The voter whose cookie it sent, by whom a ballot without an answer is told. */
  readonly voter: string;
  readonly acknowledged: readonly Acknowledged[];
  /** Votes that may be counted although no 2xx came, each once. */
  readonly mayLand: readonly OpenVote[];
}

export interface LedgerFinding {
  /** `null`: no exchange can be named. */
  readonly index: number | null;
  readonly name: string;
  readonly problem: string;
}

export interface LedgerCheck {
  readonly findings: readonly LedgerFinding[];
  /** Ballots counted without an answer, where that is right: nobody waited for it, or it was that the queue is down. */
  readonly landed: number;
}

/** A claim some of whose votes may still land. */
interface Open {
  readonly claim: Claim;
  readonly mayLand: OpenVote[];
}

/**
 * Holds the ballots that were counted against the answers: each acknowledged one once; of the votes whose outcome nobody was told, each
 * at most once; and no other. Such a vote may come late: the vote service goes on with it when its client has left, for as long as the
 * queue takes. So it is remembered from check to check which of them have not come, and which ballots have been looked at.
 */
export class LedgerChecks {
  readonly #options: readonly string[];
  readonly #victim: string;
  readonly #seen: Set<string>;
  /** By voter, the latest first. */
  readonly #open = new Map<string, Open[]>();

  /**
   * @param victim A voter for whom nothing may be counted.
   * @param before Ids of the ballots that were there before.
   */
  constructor(options: readonly string[], victim: string, before: readonly string[] = []) {
    this.#options = options;
    this.#victim = victim;
    this.#seen = new Set(before);
  }

  /** @param ledger All that was counted since the last check, at least. */
  check(claims: readonly Claim[], ledger: readonly Counted[]): LedgerCheck {
    const findings: LedgerFinding[] = [];
    const explained = checkAcknowledged(claims, ledger, findings);
    for (const claim of claims) this.#open.set(claim.voter, [{ claim, mayLand: [...claim.mayLand] }, ...this.#stillOpen(claim.voter)]);
    let landed = 0;
    for (const ballot of ledger) {
      if (this.#seen.has(ballot.id)) continue;
      this.#seen.add(ballot.id);
      const [latest] = this.#open.get(ballot.voter) ?? [];
      const blame = (problem: string) =>
        findings.push({ index: latest?.claim.index ?? null, name: latest?.claim.name ?? "unknown", problem });
      if (!this.#options.includes(ballot.vote)) blame(`"${ballot.vote}" was counted, which is no option`);
      if (explained.has(ballot.id)) continue;
      if (this.#land(ballot)) landed++;
      else blame(`a ballot for "${ballot.vote}" of voter ${ballot.voter} was counted, and no answer acknowledges it`);
    }
    return { findings, landed };
  }

  #stillOpen(voter: string): readonly Open[] {
    return (this.#open.get(voter) ?? []).filter(({ mayLand }) => mayLand.length > 0);
  }

  /** Whether the ballot is one whose outcome was open; it is not any more. */
  #land(ballot: Counted): boolean {
    const own = this.#open.get(ballot.voter);
    // A voter whom nobody knows may be the one that an exchange without a cookie would have been told of.
    const isNew = own === undefined && ballot.voter !== this.#victim;
    for (const { mayLand } of isNew ? [...this.#open.values()].flat() : (own ?? [])) {
      const place = mayLand.findIndex(
        ({ option, voter }) => (option === null || option === ballot.vote) && (isNew ? voter !== "own" : voter !== "new"),
      );
      if (place < 0) continue;
      mayLand.splice(place, 1);
      return true;
    }
    return false;
  }
}

/** Returns the ids of the ballots that answers acknowledge. */
function checkAcknowledged(claims: readonly Claim[], ledger: readonly Counted[], findings: LedgerFinding[]): ReadonlySet<string> {
  const found = new Map(ledger.map((ballot) => [ballot.id, ballot]));
  const explained = new Set<string>();
  for (const claim of claims) {
    const blame = (problem: string) => findings.push({ index: claim.index, name: claim.name, problem });
    const byKey = new Map<string, string>();
    for (const { ballot, option, cookieVoter, voter, key } of claim.acknowledged) {
      const counted = found.get(ballot);
      if (counted === undefined) blame(`ballot ${ballot} was acknowledged and is not counted`);
      else {
        if (option !== null && counted.vote !== option)
          blame(`ballot ${ballot} was cast for "${option}" and counted for "${counted.vote}"`);
        if (voter === "own" && counted.voter !== claim.voter) blame(`ballot ${ballot} is not the cookie's voter's`);
        if (voter === "any" && cookieVoter === null && counted.voter !== claim.voter) blame(`ballot ${ballot} is nobody's that was sent`);
        if (cookieVoter !== null && counted.voter !== cookieVoter) blame(`ballot ${ballot} is not the new voter's`);
      }
      if (key === null) {
        if (explained.has(ballot)) blame(`ballot ${ballot} was given twice`);
      } else {
        if ((byKey.get(key) ?? ballot) !== ballot) blame(`a vote that was sent again under its key is ballot ${ballot} too`);
        byKey.set(key, ballot);
      }
      explained.add(ballot);
    }
  }
  return explained;
}
