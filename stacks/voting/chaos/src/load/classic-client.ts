import { pause } from "@groundplan/local";
import { Redis } from "ioredis";
import type { Random } from "../random.js";
import { type CastVote, Voter } from "../truth/voter.js";
import type { Outcome } from "./cast-vote.js";

const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 200;

/** A classic vote app: it appends to the list "votes" in Redis, and takes the answer to RPUSH for the vote's being safe. */
export class ClassicClient {
  readonly #redis: Redis;

  constructor(redisUrl: string) {
    this.#redis = new Redis(redisUrl, {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: () => RECONNECT_MS,
    });
    this.#redis.on("error", () => undefined); // It connects again by itself.
  }

  async cast(voter: Voter, vote: CastVote): Promise<Outcome> {
    if (this.#redis.status !== "ready") {
      voter.notSent(vote);
      return "unreachable";
    }
    try {
      await this.#redis.rpush("votes", JSON.stringify({ voter_id: voter.id, vote: vote.option }));
      voter.acknowledge(vote, null);
      return "acknowledged";
    } catch {
      voter.giveUp(vote);
      return "unanswered";
    }
  }

  close(): void {
    this.#redis.disconnect();
  }
}

export interface ClassicLoadParts {
  readonly redisUrl: string;
  readonly random: Random;
  readonly options: readonly string[];
  readonly votesPerSecond: number;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly stop: AbortSignal;
}

/** Votes over one classic client until told to stop. Half of the votes are by voters of their own, the others by a few who change their minds. */
export async function runClassicLoad(parts: ClassicLoadParts): Promise<readonly Voter[]> {
  const { redisUrl, random, options, votesPerSecond, onOutcome, stop } = parts;
  const client = new ClassicClient(redisUrl);
  const voters = Array.from({ length: 5 }, (_, index) => new Voter(`classic-again-${index}`));
  try {
    while (!stop.aborted) {
      await pause((random.next() * 2_000) / votesPerSecond, stop);
      const once = random.chance(0.5);
      const voter = once ? new Voter(`classic-once-${voters.length}`) : random.pick(voters.slice(0, 5));
      if (once) voters.push(voter);
      onOutcome(await client.cast(voter, voter.send(random.pick(options), null)));
    }
  } finally {
    client.close();
  }
  return voters;
}
