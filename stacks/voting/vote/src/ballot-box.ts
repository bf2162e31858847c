import {
  type BallotQueue,
  Batcher,
  derivedUuid,
  GoneError,
  isUuid,
  type Keyring,
  LeftOutError,
  type NewBallot,
  nowMs,
  orderedUuid,
  type PollOption,
  RequestError,
} from "@voting/ballots";
import type { VoteMetrics } from "./metrics.js";
import { findVoter, isStrongKey, type Voter, type VoterClues } from "./voter.js";

/** Made once: there are most of them when there is the least time. */
const TOO_MANY = new RequestError(503, "Too many votes arrive at once; please try again in a moment.");

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** A vote as a client sent it; nothing in it is to be trusted yet. */
export interface VoteRequest extends VoterClues {
  readonly option: unknown;
  /** Asked when the ballot is about to leave: nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
}

export interface AcceptedVote {
  readonly option: string;
  readonly receipt: string;
  /** The cookie value to set; `null` when the client has it already. */
  readonly newCookie: string | null;
}

/** Told once what became of a vote. */
export type SettleVote = (outcome: AcceptedVote | RequestError) => void;

export interface BallotBoxDependencies {
  readonly queue: BallotQueue;
  readonly keyring: Keyring;
  readonly options: readonly PollOption[];
  readonly metrics: VoteMetrics;
  readonly onOutage: (error: Error) => void;
  /** Default: one of its own */
  readonly admission?: Admission;
}

/** So many votes may always be inside: a burst after a quiet time is no overload. */
const MIN_INSIDE = 1_000;

const WINDOW_MS = 100;

const WINDOWS = 10;

interface AdmissionOptions {
  /** How long a vote that is let in may have to wait for its answer, in ms. Default: 500 */
  readonly waitMs?: number;
  /** Default: performance.now */
  readonly now?: () => number;
}

/**
 * Lets in as many votes as will get their answers soon, and turns the others away at once: what waits too long is given up by its voter,
 * and was work for nothing. How many that are follows from how many were answered in the last second (Little's law: those inside are the
 * rate times the wait), so nobody has to know what the machine, its quota or the queue can do.
 */
export class Admission {
  readonly #waitMs: number;
  readonly #now: () => number;
  /** Answered in each of the last windows, in a ring. */
  readonly #answered = new Array<number>(WINDOWS).fill(0);
  #inLastSecond = 0;
  #window = 0;
  #inside = 0;

  constructor({ waitMs = 500, now = () => performance.now() }: AdmissionOptions = {}) {
    this.#waitMs = waitMs;
    this.#now = now;
    this.#window = Math.floor(now() / WINDOW_MS);
  }

  get inside(): number {
    return this.#inside;
  }

  /** How many may be inside now. */
  get limit(): number {
    this.#turn();
    return Math.max(MIN_INSIDE, (this.#inLastSecond * this.#waitMs) / 1_000);
  }

  /** Whether one more would be turned away. */
  get isFull(): boolean {
    return this.#inside >= MIN_INSIDE && this.#inside >= this.limit;
  }

  /** Whether one more is let in; then `leave` must be called once. */
  enter(): boolean {
    if (this.isFull) return false;
    this.#inside++;
    return true;
  }

  /** @param wasServed Whether it took as much work as a vote that is taken in */
  leave(wasServed: boolean): void {
    this.#inside--;
    if (!wasServed) return;
    this.#turn();
    this.#answered[this.#window % WINDOWS] = (this.#answered[this.#window % WINDOWS] as number) + 1;
    this.#inLastSecond++;
  }

  /** Forgets the windows that are more than a second old. */
  #turn(): void {
    const current = Math.floor(this.#now() / WINDOW_MS);
    for (let passed = Math.min(current - this.#window, WINDOWS); passed > 0; passed--) {
      const oldest = (current - passed + 1) % WINDOWS;
      this.#inLastSecond -= this.#answered[oldest] as number;
      this.#answered[oldest] = 0;
    }
    this.#window = current;
  }
}

/** Takes votes in. A vote is accepted when, and only when, its ballot is durable in the queue. */
export class BallotBox {
  readonly #queue: BallotQueue;
  readonly #keyring: Keyring;
  readonly #optionIds: ReadonlySet<unknown>;
  readonly #metrics: VoteMetrics;
  readonly #onOutage: (error: Error) => void;
  readonly #admission: Admission;
  readonly #batcher: Batcher<NewBallot>;

  constructor(dependencies: BallotBoxDependencies) {
    this.#queue = dependencies.queue;
    this.#keyring = dependencies.keyring;
    this.#optionIds = new Set(dependencies.options.map((option) => option.id));
    this.#metrics = dependencies.metrics;
    this.#onOutage = dependencies.onOutage;
    this.#admission = dependencies.admission ?? new Admission();
    // The admission bounds how many wait.
    this.#batcher = new Batcher((ballots) => dependencies.queue.enqueue(ballots), Number.POSITIVE_INFINITY);
    dependencies.metrics.watchWaiting(() => this.#batcher.waiting);
  }

  /**
   * Throws RequestError: 400 for a vote that is none, 422 when the same request came with another option before, 503 when the queue
   * does not take it.
   */
  cast(request: VoteRequest): Promise<AcceptedVote> {
    return new Promise((resolve, reject) => {
      this.take(request, (outcome) => (outcome instanceof RequestError ? reject(outcome) : resolve(outcome)));
    });
  }

  /** The same without a promise. */
  take(request: VoteRequest, settle: SettleVote): void {
    const startedMs = nowMs();
    try {
      const option = this.#readOption(request.option);
      const voter = this.voterOf(request);
      const voteKey = this.#readVoteKey(request, voter);
      const id = voteKey === undefined ? orderedUuid() : derivedUuid("ballot", voteKey, option);
      if (!this.#admission.enter()) throw this.#tooMany();
      this.#batcher.board({
        item: { id, voter: voter.id, option, acceptedAtMs: startedMs, voteKey },
        isGone: () => request.isGone?.() === true,
        settle: (error) => {
          this.#admission.leave(error === null);
          settle(error === null ? this.#accept(id, option, voter, startedMs) : this.#refuse(error, request));
        },
      });
    } catch (error) {
      settle(error as RequestError);
    }
  }

  /** Why any vote would be turned away now, before it is read; `null`: it may come in. */
  refuseWhenFull(): RequestError | null {
    return this.#admission.isFull ? this.#tooMany() : null;
  }

  #tooMany(): RequestError {
    this.#metrics.refused.inc({ reason: "overload" });
    return TOO_MANY;
  }

  #accept(id: string, option: string, { newCookie }: Voter, startedMs: number): AcceptedVote {
    this.#metrics.accepted.inc();
    this.#metrics.acceptSeconds.observe((nowMs() - startedMs) / 1000);
    return { option, receipt: this.#keyring.signReceipt(id), newCookie };
  }

  /** Who sent a request, also one that is no vote. */
  voterOf(clues: VoterClues): Voter {
    return findVoter(this.#keyring, clues);
  }

  /** Whether a vote would be taken in now. */
  async isOpen(): Promise<boolean> {
    try {
      await this.#queue.check();
      return true;
    } catch (error) {
      this.#onOutage(error as Error);
      return false;
    }
  }

  /** What to throw for a vote that is not taken; it is counted by its reason. */
  refusal(reason: string, status: number, sentence: string, retryAfterSeconds?: number): RequestError {
    this.#metrics.refused.inc({ reason });
    return new RequestError(status, sentence, retryAfterSeconds === undefined ? undefined : { retryAfterSeconds });
  }

  #readOption(option: unknown): string {
    if (this.#optionIds.has(option)) return option as string;
    const known = [...this.#optionIds].join(", ");
    throw this.refusal(
      "option",
      400,
      option === undefined
        ? `A vote is missing: send vote= one of ${known}.`
        : `That is not an option of this poll; the options are ${known}.`,
    );
  }

  /** What makes a request that is sent again the same vote: its Idempotency-Key or the form's one-time value, for its voter. */
  #readVoteKey({ idempotencyKey, once }: VoterClues, voter: Voter): string | undefined {
    if (idempotencyKey !== undefined) {
      if (!IDEMPOTENCY_KEY.test(idempotencyKey))
        throw this.refusal("idempotency-key", 400, "Idempotency-Key must be 1 to 255 visible ASCII characters.");
      if (!voter.isKnown && !isStrongKey(idempotencyKey))
        throw this.refusal(
          "idempotency-key",
          400,
          "Without the voter's cookie an Idempotency-Key must be one that nobody guesses: a UUID, as uuidgen or crypto.randomUUID() makes it, or 22 to 255 characters of A-Z a-z 0-9 _ -.",
        );
      return derivedUuid("vote", voter.id, idempotencyKey);
    }
    if (once === undefined) return undefined;
    if (!isUuid(once)) throw this.refusal("once", 400, "The form's one-time value is not one of this page; choose again.");
    return derivedUuid("vote of a page", voter.id, once);
  }

  #refuse(error: Error, { idempotencyKey }: VoterClues): RequestError {
    if (error instanceof LeftOutError)
      return this.refusal(
        "used-key",
        422,
        idempotencyKey === undefined
          ? "A vote for another option was cast from this page before; to change it, choose again."
          : "This Idempotency-Key came with another option before; send a new vote with a new key.",
      );
    if (error instanceof GoneError) return this.refusal("gone", 503, "The connection was closed before the vote was stored.");
    this.#onOutage(error);
    return this.refusal("queue", 503, "Votes cannot be taken right now; please try again in a moment.");
  }
}
