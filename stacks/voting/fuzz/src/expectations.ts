import type { Bytes, Entrance, Exchange, Expected, ExpectedVote } from "./exchange.js";

/*
 * The contract of the vote service, as its users may rely on it (docs/design: promises 5 and 6; RFC 9110 and 9112), written down
 * here without a look at the code that keeps it.
 */

/** The largest body that is taken, in bytes. */
export const MAX_BODY_BYTES = 4_096;
/** The largest request line and headers that are taken, together. */
export const MAX_HEADER_BYTES = 16_384;

const CREATED = { page: 200, api: 202 } as const;

export function accepted(at: Entrance, option: string, vote: Partial<ExpectedVote> = {}): Expected {
  return { statuses: [CREATED[at]], vote: { option, at, voter: "own", ...vote }, problem: at };
}

export function refused(problem: Expected["problem"], ...statuses: number[]): Expected {
  return { statuses, problem };
}

/** Where the specifications leave it open: whichever it is, the answer and the ledger must agree. */
export function acceptedOr(at: Entrance, option: string, statuses: readonly number[], vote: Partial<ExpectedVote> = {}): Expected {
  const yes = accepted(at, option, vote);
  return { ...yes, statuses: [...yes.statuses, ...statuses], problem: "any" };
}

/** Bytes that are no request: refused before anyone knows the address. */
export const malformed = (...statuses: number[]): Expected => refused("api", ...(statuses.length === 0 ? [400] : statuses));

export const fetched = (type: string, more: Partial<Expected> = {}): Expected => ({ statuses: [200], problem: "any", type, ...more });

/** One connection that sends all its bytes at once, and leaves when it has its answers. */
export function exchange(bytes: Bytes, answers: readonly Expected[], more: Partial<Exchange> = {}): Omit<Exchange, "name"> {
  return {
    service: "vote",
    bytes,
    steps: [{ sendTo: bytes.length }],
    answers,
    closes: "either",
    mayStayUnanswered: false,
    mayLand: [],
    requests: answers.length,
    ...more,
  };
}

/** Bytes after which the service must close: what follows them cannot be told from their rest. */
export const broken = (bytes: Bytes, ...statuses: number[]): Omit<Exchange, "name"> =>
  exchange(bytes, [malformed(...statuses)], { closes: true });
