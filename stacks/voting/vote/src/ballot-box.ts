import {
  type Ballot,
  type BallotQueue,
  Batcher,
  type Keyring,
  nowMs,
  OverloadedError,
  orderedUuid,
  type PollOption,
  RequestError,
} from "@voting/ballots";
import type { VoteMetrics } from "./metrics.js";

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** A vote as a client sent it; nothing in it is to be trusted yet. */
export interface VoteRequest {
  readonly option: unknown;
  /** The signed voter cookie. */
  readonly cookie: string | undefined;
  /**
   * The header Idempotency-Key: the same vote under the same key is one ballot, however often it is sent. Another option under it is a
   * ballot of its own: an answer that acknowledges it must be true.
   */
  readonly idempotencyKey: string | undefined;
}

export interface AcceptedVote {
  readonly option: string;
  readonly receipt: string;
  /** The cookie value to set; `null` when the client has it already. */
  readonly newCookie: string | null;
}

export interface BallotBoxParts {
  readonly queue: BallotQueue;
  readonly keyring: Keyring;
  readonly options: readonly PollOption[];
  readonly metrics: VoteMetrics;
  readonly onOutage: (error: Error) => void;
}

/** Takes votes in. A vote is accepted when, and only when, its ballot is durable in the queue. */
export class BallotBox {
  readonly #queue: BallotQueue;
  readonly #keyring: Keyring;
  readonly #optionIds: ReadonlySet<unknown>;
  readonly #metrics: VoteMetrics;
  readonly #onOutage: (error: Error) => void;
  readonly #batcher: Batcher<Ballot>;

  constructor(parts: BallotBoxParts) {
    this.#queue = parts.queue;
    this.#keyring = parts.keyring;
    this.#optionIds = new Set(parts.options.map((option) => option.id));
    this.#metrics = parts.metrics;
    this.#onOutage = parts.onOutage;
    this.#batcher = new Batcher((ballots) => parts.queue.enqueue(ballots));
  }

  /** Throws RequestError: 400 for a vote that is none, 503 when the queue does not take it. */
  async cast(request: VoteRequest): Promise<AcceptedVote> {
    const startedMs = nowMs();
    const option = this.#readOption(request.option);
    const { voter, newCookie } = this.#identify(request);
    const key = request.idempotencyKey;
    const id = key === undefined ? orderedUuid() : this.#keyring.deriveId("ballot", voter, key, option);
    try {
      await this.#batcher.add({ id, voter, option, acceptedAtMs: startedMs });
    } catch (error) {
      throw this.#refuse(error as Error);
    }
    this.#metrics.accepted.inc();
    this.#metrics.acceptSeconds.observe((nowMs() - startedMs) / 1000);
    return { option, receipt: this.#keyring.signReceipt(id), newCookie };
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

  #readOption(option: unknown): string {
    if (this.#optionIds.has(option)) return option as string;
    this.#metrics.refused.inc({ reason: "option" });
    const known = [...this.#optionIds].join(", ");
    throw new RequestError(
      400,
      option === undefined
        ? `A vote is missing: send vote= one of ${known}.`
        : `That is not an option of this poll; the options are ${known}.`,
    );
  }

  #identify({ cookie, idempotencyKey }: VoteRequest): { voter: string; newCookie: string | null } {
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
      this.#metrics.refused.inc({ reason: "idempotency-key" });
      throw new RequestError(400, "Idempotency-Key must be 1 to 255 visible ASCII characters.");
    }
    const known = cookie === undefined ? null : this.#keyring.openVoter(cookie);
    if (known !== null) return { voter: known, newCookie: null };
    // A retry whose first answer was lost has no cookie: the key makes it the same voter again.
    const voter = idempotencyKey === undefined ? orderedUuid() : this.#keyring.deriveId("voter", idempotencyKey);
    return { voter, newCookie: this.#keyring.signVoter(voter) };
  }

  #refuse(error: Error): RequestError {
    const overloaded = error instanceof OverloadedError;
    this.#metrics.refused.inc({ reason: overloaded ? "overload" : "queue" });
    this.#onOutage(error);
    return new RequestError(
      503,
      overloaded
        ? "Too many votes arrive at once; please try again in a moment."
        : "Votes cannot be taken right now; please try again in a moment.",
    );
  }
}
