import type { Acknowledged } from "./judge.js";

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
  /** Options of votes that may be counted although no answer came; `null`: any. */
  readonly mayLand: readonly (string | null)[];
}

export interface LedgerFinding {
  /** `null`: no exchange can be named. */
  readonly index: number | null;
  readonly name: string;
  readonly problem: string;
}

export interface LedgerCheck {
  readonly findings: readonly LedgerFinding[];
  /** Ballots counted without an answer, where that is right: the client did not wait for it. */
  readonly landed: number;
}

/** Holds the ballots that were counted against the answers: each acknowledged one once, and no other. */
export function checkLedger(claims: readonly Claim[], ledger: readonly Counted[], options: readonly string[]): LedgerCheck {
  const findings: LedgerFinding[] = [];
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

  const byVoter = new Map(claims.map((claim) => [claim.voter, { claim, mayLand: [...claim.mayLand] }]));
  let landed = 0;
  for (const ballot of ledger) {
    const of = byVoter.get(ballot.voter);
    const blame = (problem: string) => findings.push({ index: of?.claim.index ?? null, name: of?.claim.name ?? "unknown", problem });
    if (!options.includes(ballot.vote)) blame(`"${ballot.vote}" was counted, which is no option`);
    if (explained.has(ballot.id)) continue;
    const place = of?.mayLand.findIndex((option) => option === null || option === ballot.vote) ?? -1;
    if (place >= 0) {
      of?.mayLand.splice(place, 1);
      landed++;
    } else blame(`a ballot for "${ballot.vote}" of voter ${ballot.voter} was counted, and no answer acknowledges it`);
  }
  return { findings, landed };
}
