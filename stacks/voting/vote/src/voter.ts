import { derivedUuid, isUuid, type Keyring, orderedUuid } from "@voting/ballots";

/** What a request says about who sent it; nothing in it is to be trusted yet. `undefined`: it does not say. */
export interface VoterClues {
  /** The signed voter cookie. */
  readonly cookie: string | undefined;
  /** The header Idempotency-Key. */
  readonly idempotencyKey: string | undefined;
  /** The one-time value of the page's form. */
  readonly once: string | undefined;
}

export interface Voter {
  readonly id: string;
  /** Whether the cookie told. */
  readonly isKnown: boolean;
  /** The cookie value to set; `null` when the client has it already. */
  readonly newCookie: string | null;
}

/** What nobody guesses: a UUID, or as many characters as hold 128 bits. */
const STRONG_KEY = /^[A-Za-z0-9_-]{22,255}$/;

export const isStrongKey = (key: string): boolean => STRONG_KEY.test(key);

/**
 * The voter of a request, the same for the same clues, whatever becomes of it: the cookie's; without a good one, whoever made up the
 * Idempotency-Key or got the form's one-time value, neither of which others can guess; otherwise a new one.
 */
export function findVoter(keyring: Keyring, { cookie, idempotencyKey, once }: VoterClues): Voter {
  const known = cookie === undefined ? null : keyring.openVoter(cookie);
  if (known !== null) {
    const isOutdated = keyring.isOutdated(cookie as string);
    return { id: known, isKnown: true, newCookie: isOutdated ? keyring.signVoter(known) : null };
  }
  const id = newVoterId(idempotencyKey, once);
  return { id, isKnown: false, newCookie: keyring.signVoter(id) };
}

function newVoterId(idempotencyKey: string | undefined, once: string | undefined): string {
  if (idempotencyKey !== undefined && isStrongKey(idempotencyKey)) return derivedUuid("voter", idempotencyKey);
  if (once !== undefined && isUuid(once)) return derivedUuid("voter of a page", once);
  return orderedUuid();
}
