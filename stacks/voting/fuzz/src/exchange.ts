/** Bytes are strings of the characters 0 to 255 here: a request can be put together like text, and may hold anything. */
export type Bytes = string;

export const utf8 = (text: string): Bytes => Buffer.from(text, "utf8").toString("latin1");

/** Where votes are taken in: the page's form at "/", the API at "/api/votes". */
export type Entrance = "page" | "api";

export const ENTRANCES: readonly Entrance[] = ["page", "api"];

/** What the contract says about the answer to one request. */
export interface Expected {
  readonly statuses: readonly number[];
  /** The vote that a 2xx acknowledges; without it a 2xx must leave the queue alone. */
  readonly vote?: ExpectedVote;
  /** How a 4xx is worded: a page, or JSON `{"error"}`; "any" where the bytes do not tell which address was meant. */
  readonly problem: Entrance | "any";
  /** What the content type of a 2xx begins with, where that is no vote. */
  readonly type?: string;
  /** An answer to HEAD has no body. */
  readonly bodyless?: boolean;
  /** Its body has no end: the head is the answer. */
  readonly openEnded?: boolean;
  /** Answers 503 while the queue is down. */
  readonly needsQueue?: boolean;
  /** Whether an answer that acknowledges no vote gives a voter cookie; default: either. */
  readonly cookie?: "given" | "none";
}

export interface ExpectedVote {
  /** `null`: which one was meant, the bytes do not tell. */
  readonly option: string | null;
  /** `null`: the answer tells by its form. */
  readonly at: Entrance | null;
  /** "own": the voter of the exchange's cookie. "new": one that gets a cookie with the answer. "any": either. */
  readonly voter: "own" | "new" | "any";
  /** The Idempotency-Key, or the form's one-time value: all that is acknowledged under it is one ballot. */
  readonly key?: string;
}

export type Step =
  /** Sends the bytes up to this position. */
  | { readonly sendTo: number }
  | { readonly pauseMs: number }
  /** Waits until so many answers are there, or the connection is closed. */
  | { readonly awaitAnswers: number }
  /** Closes the sending side only. */
  | { readonly finish: true }
  /** Leaves: "close" as a program that ends, "reset" as one that crashes. */
  | { readonly cut: "close" | "reset" };

/** One connection: what is sent on it, and what must come back. */
export interface Exchange {
  /** Which kind of input it tries. */
  readonly name: string;
  readonly service: "vote" | "result";
  readonly bytes: Bytes;
  readonly steps: readonly Step[];
  /** The answers in their order; interim ones (1xx) do not count. */
  readonly answers: readonly Expected[];
  /** Whether the service closes the connection after the last answer: "either" where both are right. */
  readonly closes: boolean | "either";
  /** So many answers are enough to go on; default: all of them. */
  readonly enough?: number;
  /** Answers may be missing: the client leaves early, or what was sent may be an unfinished request. */
  readonly mayStayUnanswered: boolean;
  /** Votes that may be counted although their answer did not arrive; `null`: an option that the bytes do not tell. */
  readonly mayLand: readonly (string | null)[];
  /** How many requests were meant. */
  readonly requests: number;
}

/** Stand-ins of the same length for what a running stack has to give first: the same seed gives the same exchange in every run. */
export const OWN_ID = "~own-voter".padEnd(36, "~");
export const OWN_SEAL = "~own-seal".padEnd(22, "~");
/** The seal without its last character. */
export const OWN_SEAL_HEAD = "~own-head".padEnd(21, "~");
/** A voter who never votes: nothing may be counted for it. */
export const VICTIM_ID = "~victim".padEnd(36, "~");
export const VICTIM_SEAL = "~victim-seal".padEnd(22, "~");

export const OWN_COOKIE = `${OWN_ID}.${OWN_SEAL}`;

/** Puts real cookies in the place of the stand-ins. @param own and victim Signed cookie values, `<id>.<seal>` */
export function withCookies(bytes: Bytes, own: string, victim: string): Bytes {
  if (!bytes.includes("~")) return bytes;
  return bytes
    .replaceAll(OWN_ID, own.slice(0, 36))
    .replaceAll(OWN_SEAL, own.slice(37))
    .replaceAll(OWN_SEAL_HEAD, own.slice(37, -1))
    .replaceAll(VICTIM_ID, victim.slice(0, 36))
    .replaceAll(VICTIM_SEAL, victim.slice(37));
}
