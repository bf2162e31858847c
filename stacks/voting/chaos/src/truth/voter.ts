/** One vote that a voter meant to cast once, however often it was sent. */
export interface CastVote {
  readonly option: string;
  /** The Idempotency-Key, or the page's one-time value, that every try of it carries. */
  readonly key: string | null;
  /** It was first sent without a cookie: without an answer nobody knows under which voter it may be counted. */
  readonly withoutCookie: boolean;
  /** When the first try was sent, by the voter's own count of events. */
  readonly sentAt: number;
  /** When it was acknowledged, or given up; Infinity while a try is under way. What happened in between is not known. */
  endedAt: number;
  /** A try of it got lost, or an answer that leaves open whether it was taken in. */
  mayBeIn: boolean;
  acknowledged: boolean;
  /** It was acknowledged by a queue in whose place an older copy was put before it was counted. */
  mayBeLost: boolean;
  /** Of the ballot that the first good answer named; classic clients get none. */
  receipt: string | null;
}

/** It must be counted. */
export const isSafe = (vote: CastVote): boolean => vote.acknowledged && !vote.mayBeLost;

/**
 * What one voter knows: the votes it cast, in which order as far as it can tell, and what it was told of them. From this alone
 * follows what the stack must have counted.
 */
export class Voter {
  /** As the table names this voter; `null` before the first answer told. */
  id: string | null;
  /** To be sent with every vote. */
  cookie: string | null = null;
  readonly votes: CastVote[] = [];
  /** What the stack told this voter that cannot be true. */
  readonly complaints: string[] = [];
  #events = 0;

  /** @param id Of a classic voter, who names itself. */
  constructor(id: string | null = null) {
    this.id = id;
  }

  /** A vote is about to be sent for the first time. */
  send(option: string, key: string | null): CastVote {
    const withoutCookie = this.id === null;
    const sentAt = ++this.#events;
    const vote = {
      option,
      key,
      withoutCookie,
      sentAt,
      endedAt: Infinity,
      mayBeIn: false,
      acknowledged: false,
      mayBeLost: false,
      receipt: null,
    };
    this.votes.push(vote);
    return vote;
  }

  /** A vote is about to be sent once more. */
  sendAgain(vote: CastVote): void {
    if (!vote.acknowledged) vote.endedAt = Infinity;
  }

  /** A good answer. */
  acknowledge(vote: CastVote, receipt: string | null): void {
    if (vote.acknowledged) {
      if (vote.receipt !== receipt) this.complaints.push(`a retry with the key of ${vote.receipt} was told ${receipt}`);
      return;
    }
    vote.acknowledged = true;
    vote.receipt = receipt;
    vote.endedAt = ++this.#events;
  }

  /** No answer, or one that leaves open whether it was taken in. */
  giveUp(vote: CastVote): void {
    vote.mayBeIn = true;
    this.notSent(vote);
  }

  /** Nobody was there to send it to: this try changed nothing. */
  notSent(vote: CastVote): void {
    if (!vote.acknowledged) vote.endedAt = ++this.#events;
  }

  /** The cookie of a page or of a first good answer. */
  identify(cookie: string): void {
    this.cookie ??= cookie;
    this.id ??= cookie.slice("voter_id=".length).split(".")[0] as string;
  }

  /** Votes of this voter that may be counted under its id. */
  known(): readonly CastVote[] {
    return this.votes.filter((vote) => vote.acknowledged || (vote.mayBeIn && !vote.withoutCookie));
  }

  /** Votes that got no answer before the voter had an id. */
  nameless(): readonly CastVote[] {
    return this.votes.filter((vote) => !vote.acknowledged && vote.mayBeIn && vote.withoutCookie);
  }

  /**
   * The votes of which one may stand: those behind which no acknowledged one was sent. The order of two that were under way at the
   * same time is the queue's affair; and one that was given up, or was lost with an older queue and sent again, may be under way still, however much later it gets into the queue.
   */
  mayStand(): readonly CastVote[] {
    const known = this.known();
    const lastSent = known.reduce((last, vote) => (isSafe(vote) ? Math.max(last, vote.sentAt) : last), 0);
    return known.filter((vote) => vote.endedAt >= lastSent || !isSafe(vote));
  }
}
