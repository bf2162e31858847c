import { randomUUID } from "node:crypto";
import { pause } from "@groundplan/local";
import type { Random } from "../random.js";
import { type CastVote, Voter } from "../truth/voter.js";
import { type BallotBox, castVote, type Outcome } from "./cast-vote.js";

/** What a load tells as it goes. */
export interface LoadEvents {
  /** After each try, but for those of a vote that was acknowledged before. `sentMs`: when it was sent, by performance.now(). */
  onOutcome(outcome: Outcome, vote: CastVote, sentMs: number): void;
  onRetry(): void;
  onConcurrent(): void;
  /** An answer that no vote of ours may get. */
  onProblem(sentence: string): void;
}

export interface ApiVoterParts {
  readonly box: BallotBox;
  readonly random: Random;
  readonly options: readonly string[];
  readonly events: LoadEvents;
  readonly stop: AbortSignal;
}

const RETRY_PAUSE_MS = 150;
/** An impatient voter goes away in the middle: the vote may be taken in, its answer is lost. */
const IMPATIENT_MS = 8;

/** A person who votes again and again, in the ways that people and programs do. */
export class ApiVoter {
  readonly voter = new Voter();
  readonly #parts: ApiVoterParts;

  constructor(parts: ApiVoterParts) {
    this.#parts = parts;
  }

  /** Casts one vote, or two at a time. */
  async vote(): Promise<void> {
    const { random } = this.#parts;
    if (this.voter.id === null) return this.#first();
    const luck = random.next();
    if (luck < 0.06) await this.#twoAtOnce();
    else if (luck < 0.36) await this.#withKey();
    else await this.#try(this.#send(null));
  }

  /** Without a cookie a voter is known by the key only: it is kept until there is an answer. One in five uses none, and is lost if the answer is. */
  async #first(): Promise<void> {
    if (this.#parts.random.chance(0.2)) await this.#try(this.#send(null));
    else await this.#untilTaken(this.#send(randomUUID()));
  }

  /** Sends it with its key again and again. @param timeoutMs Of the first try. */
  async #untilTaken(vote: CastVote, timeoutMs?: number): Promise<void> {
    const { stop, events } = this.#parts;
    let isTaken = await this.#try(vote, timeoutMs);
    while (!isTaken && !stop.aborted) {
      await pause(RETRY_PAUSE_MS, stop);
      events.onRetry();
      isTaken = await this.#try(vote);
    }
  }

  async #withKey(): Promise<void> {
    const { random, stop, events } = this.#parts;
    const vote = this.#send(randomUUID());
    await this.#untilTaken(vote, random.chance(0.3) ? IMPATIENT_MS : undefined);
    // A second try after a good answer must change nothing, whatever was voted in between.
    if (stop.aborted || !random.chance(0.4)) return;
    if (random.chance(0.5)) await this.#try(this.#send(null));
    events.onRetry();
    await this.#try(vote);
  }

  async #twoAtOnce(): Promise<void> {
    this.#parts.events.onConcurrent();
    await Promise.all([this.#send(null), this.#send(null)].map((vote) => this.#try(vote)));
  }

  #send(key: string | null): CastVote {
    return this.voter.send(this.#parts.random.pick(this.#parts.options), key);
  }

  async #try(vote: CastVote, timeoutMs?: number): Promise<boolean> {
    const { box, events } = this.#parts;
    const sentMs = performance.now();
    const wasAcknowledged = vote.acknowledged;
    try {
      const outcome = await castVote(box, this.voter, vote, timeoutMs);
      if (!wasAcknowledged) events.onOutcome(outcome, vote, sentMs);
      return outcome === "acknowledged";
    } catch (error) {
      events.onProblem((error as Error).message);
      return false;
    }
  }
}
