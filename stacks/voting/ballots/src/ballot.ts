/** One vote of one voter, from the moment it is accepted. */
export interface Ballot {
  /** A UUID of its own; the ledger counts each one once. */
  readonly id: string;
  readonly voter: string;
  /** Id of the option voted for, for example "a". */
  readonly option: string;
  /** When the vote service took it in, in ms since 1970 (with fractions). */
  readonly acceptedAtMs: number;
}

/** A ballot on its way into the queue. */
export interface NewBallot extends Ballot {
  /**
   * Names the one vote that several requests mean, as a UUID: whichever option comes with it first is the only one that it takes. Without
   * it, the request is a vote of its own.
   */
  readonly voteKey?: string | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);

/** Wall clock with sub-millisecond digits, comparable between the processes of one machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
