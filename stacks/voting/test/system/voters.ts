/** One person who votes again and again, and knows which votes were acknowledged. */
export interface Voter {
  /** The signed cookie; set by the first acknowledged vote. */
  cookie: string | null;
  /** Receipts of acknowledged ballots, in order. */
  readonly receipts: string[];
  /** Options that may stand: the last acknowledged one, and all that were sent after it and got no answer. */
  possible: Set<string>;
}

export const newVoter = (): Voter => ({ cookie: null, receipts: [], possible: new Set() });

/** Casts one vote, and waits for its answer or its failure. Returns whether it was acknowledged. */
export async function castAs(voter: Voter, voteUrl: string, option: string): Promise<boolean> {
  try {
    const response = await fetch(`${voteUrl}/api/votes`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(voter.cookie === null ? {} : { cookie: voter.cookie }) },
      body: JSON.stringify({ vote: option }),
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await response.json()) as { ballot: string };
    if (response.status === 202) {
      voter.cookie ??= (response.headers.get("set-cookie") as string).split(";")[0] as string;
      voter.receipts.push(body.ballot);
      voter.possible = new Set([option]);
      return true;
    }
  } catch {
    // No answer: the vote may have been taken in or not.
  }
  // A first vote without an answer belongs to a voter that nobody will know.
  if (voter.cookie !== null) voter.possible.add(option);
  return false;
}

/** The voter's id in the table. */
export const voterId = (voter: Voter): string => (voter.cookie as string).slice("voter_id=".length).split(".")[0] as string;
