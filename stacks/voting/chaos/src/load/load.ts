import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import http from "node:http";
import { pause, Random } from "@voting/proof";
import { Redis } from "ioredis";
import { type CastVote, Voter } from "../truth/voter.js";
import { type BallotBox, castVote, type Outcome, openPage, pressVote } from "./cast-vote.js";

/** What the load has done so far. */
export interface LoadCounts {
  /** Votes, however often each was sent; the next three are tries. */
  acknowledged: number;
  refused: number;
  unreachable: number;
  unanswered: number;
  /** Tries that carried the key of an earlier one. */
  retries: number;
  /** Times that a voter cast two votes at once. */
  concurrent: number;
  /** Times that a person pressed a button twice, or once more after an answer. */
  pressedAgain: number;
  /** Of the acknowledged ones: appended to the classic list. */
  classic: number;
}

export interface LoadOptions {
  readonly voteUrl: string;
  /** `null`: no classic clients. */
  readonly redisUrl: string | null;
  readonly optionIds: readonly string[];
  readonly votesPerSecond: number;
  readonly seed: number;
  /** Part of those who vote by the page, as people do; the others use the API. Default: 0 */
  readonly peopleShare?: number;
  readonly onAcknowledged?: (vote: CastVote, sentMs: number) => void;
}

/** Voters who go on until told to stop, and who know what they were told. */
export interface Load {
  /** Everyone who has voted so far. */
  readonly voters: readonly Voter[];
  readonly counts: Readonly<LoadCounts>;
  /** Answers that no vote may get. */
  readonly problems: readonly string[];
  /** Resolves when every vote under way has its answer, or is given up. */
  stop(): Promise<void>;
}

/** So many votes a second are classic ones, of all. */
const CLASSIC_SHARE = 0.05;

const MAX_PROBLEMS = 20;

/** After so many votes a voter makes room for a new one. */
const VOTES_OF_A_VOTER = { min: 3, max: 40 };

const COMMAND_TIMEOUT_MS = 5_000;

const RECONNECT_MS = 200;

interface ClassicLoadDependencies {
  /** Where those who vote are added. */
  readonly voters: Voter[];
  readonly redisUrl: string;
  readonly random: Random;
  readonly options: readonly string[];
  readonly votesPerSecond: number;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly stop: AbortSignal;
}

/** What a load tells as it goes. */
interface LoadEvents {
  /** After each try, but for those of a vote that was acknowledged before. `sentMs`: when it was sent, by performance.now(). */
  onOutcome(outcome: Outcome, vote: CastVote, sentMs: number): void;
  onRetry(): void;
  onConcurrent(): void;
  onPressAgain(): void;
  /** An answer that no vote of ours may get. */
  onProblem(sentence: string): void;
}

interface VoterDependencies {
  readonly box: BallotBox;
  readonly random: Random;
  readonly options: readonly string[];
  readonly events: LoadEvents;
  readonly stop: AbortSignal;
}

const RETRY_PAUSE_MS = 150;

/** Then a person gives up, and comes back later. */
const MOST_PRESSES = 5;

/** An impatient voter goes away in the middle: the vote may be taken in, its answer is lost. */
const IMPATIENT_MS = 8;

/** Starts voters enough to cast about that many votes a second; while votes take long there are fewer. */
export function startLoad(options: LoadOptions): Load {
  const { votesPerSecond, redisUrl, onAcknowledged } = options;
  const random = new Random(options.seed);
  const agent = new http.Agent({ keepAlive: true });
  const voters: Voter[] = [];
  const problems: string[] = [];
  const told = new Set<CastVote>();
  const counts: LoadCounts = {
    acknowledged: 0,
    refused: 0,
    unreachable: 0,
    unanswered: 0,
    retries: 0,
    concurrent: 0,
    pressedAgain: 0,
    classic: 0,
  };
  const stopping = new AbortController();
  const stop = stopping.signal;
  setMaxListeners(0, stop); // Every voter who pauses listens.
  const events = {
    onOutcome(outcome: Outcome, vote: CastVote, sentMs: number): void {
      if (outcome === "acknowledged" && told.has(vote)) return; // The other of two presses at once.
      counts[outcome]++;
      if (outcome !== "acknowledged") return;
      told.add(vote);
      onAcknowledged?.(vote, sentMs);
    },
    onRetry: () => void counts.retries++,
    onConcurrent: () => void counts.concurrent++,
    onPressAgain: () => void counts.pressedAgain++,
    onProblem(sentence: string): void {
      if (problems.length < MAX_PROBLEMS) problems.push(sentence);
    },
  };
  const dependencies = { box: { agent, voteUrl: options.voteUrl }, random, options: options.optionIds, events, stop };
  const seats = Math.min(200, Math.max(10, Math.round(votesPerSecond / 2)));
  const thinkMs = (1_000 * seats) / votesPerSecond;
  const voting = Array.from({ length: seats }, async () => {
    while (!stop.aborted) {
      const person = random.chance(options.peopleShare ?? 0) ? new Person(dependencies) : new ApiVoter(dependencies);
      voters.push(person.voter);
      for (let left = random.int(VOTES_OF_A_VOTER.min, VOTES_OF_A_VOTER.max); left > 0 && !stop.aborted; left--) {
        await pause(random.share() * 2 * thinkMs, stop);
        if (!stop.aborted) await person.vote();
      }
    }
  });
  const classic = async (url: string): Promise<void> => {
    const onOutcome = (outcome: Outcome): void => {
      counts[outcome]++;
      if (outcome === "acknowledged") counts.classic++;
    };
    const classicDependencies = { redisUrl: url, voters, random, options: options.optionIds, onOutcome, stop };
    await runClassicLoad({ ...classicDependencies, votesPerSecond: Math.max(1, votesPerSecond * CLASSIC_SHARE) });
  };
  if (redisUrl !== null) voting.push(classic(redisUrl));
  return {
    voters,
    counts,
    problems,
    async stop() {
      stopping.abort();
      await Promise.all(voting);
      agent.destroy();
    },
  };
}

/** A classic vote app: it appends to the list "votes" in Redis, and takes the answer to RPUSH for the vote's being safe. */
class ClassicClient {
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

/** Votes over one classic client until told to stop. Half of the votes are by voters of their own, the others by a few who change their minds. */
async function runClassicLoad(dependencies: ClassicLoadDependencies): Promise<void> {
  const { redisUrl, voters, random, options, votesPerSecond, onOutcome, stop } = dependencies;
  const client = new ClassicClient(redisUrl);
  const again = Array.from({ length: 5 }, (_, index) => new Voter(`classic-again-${index}`));
  voters.push(...again);
  try {
    while (!stop.aborted) {
      await pause((random.share() * 2_000) / votesPerSecond, stop);
      const once = random.chance(0.5);
      const voter = once ? new Voter(`classic-once-${voters.length}`) : random.pick(again);
      if (once) voters.push(voter);
      onOutcome(await client.cast(voter, voter.send(random.pick(options), null)));
    }
  } finally {
    client.close();
  }
}

/** Votes again and again, in the ways that programs do. */
class ApiVoter {
  readonly voter = new Voter();
  readonly #dependencies: VoterDependencies;

  constructor(dependencies: VoterDependencies) {
    this.#dependencies = dependencies;
  }

  /** Casts one vote, or two at a time. */
  async vote(): Promise<void> {
    const { random } = this.#dependencies;
    if (this.voter.id === null) return this.#first();
    const luck = random.share();
    if (luck < 0.06) await this.#twoAtOnce();
    else if (luck < 0.36) await this.#withKey();
    else await this.#try(this.#send(null));
  }

  /** Without a cookie a voter is known by the key only: it is kept until there is an answer. One in five uses none, and is lost if the answer is. */
  async #first(): Promise<void> {
    if (this.#dependencies.random.chance(0.2)) await this.#try(this.#send(null));
    else await this.#untilTaken(this.#send(randomUUID()));
  }

  /** Sends it with its key again and again. @param timeoutMs Of the first try. */
  async #untilTaken(vote: CastVote, timeoutMs?: number): Promise<void> {
    const { stop, events } = this.#dependencies;
    let isTaken = await this.#try(vote, timeoutMs);
    while (!isTaken && !stop.aborted) {
      await pause(RETRY_PAUSE_MS, stop);
      events.onRetry();
      isTaken = await this.#try(vote);
    }
  }

  async #withKey(): Promise<void> {
    const { random, stop, events } = this.#dependencies;
    const vote = this.#send(randomUUID());
    await this.#untilTaken(vote, random.chance(0.3) ? IMPATIENT_MS : undefined);
    // A second try after a good answer must change nothing, whatever was voted in between.
    if (stop.aborted || !random.chance(0.4)) return;
    if (random.chance(0.5)) await this.#try(this.#send(null));
    events.onRetry();
    await this.#try(vote);
  }

  async #twoAtOnce(): Promise<void> {
    this.#dependencies.events.onConcurrent();
    await Promise.all([this.#send(null), this.#send(null)].map((vote) => this.#try(vote)));
  }

  #send(key: string | null): CastVote {
    return this.voter.send(this.#dependencies.random.pick(this.#dependencies.options), key);
  }

  #try(vote: CastVote, timeoutMs?: number): Promise<boolean> {
    return tryOnce(this.#dependencies, this.voter, vote, castVote, timeoutMs);
  }
}

/** Votes by the page: presses twice, loses the answer, reloads, or comes back with the cookie and chooses anew. */
class Person {
  readonly voter = new Voter();
  readonly #dependencies: VoterDependencies;

  constructor(dependencies: VoterDependencies) {
    this.#dependencies = dependencies;
  }

  /** One press, however often it is sent; none when there is no page. */
  async vote(): Promise<void> {
    const { box, random, options, events, stop } = this.#dependencies;
    const once = await openPage(box, this.voter);
    if (once === null) return;
    const vote = this.voter.send(random.pick(options), once);
    let isTaken: boolean;
    if (random.chance(0.3)) {
      events.onPressAgain();
      isTaken = (await Promise.all([this.#press(vote), this.#press(vote)])).includes(true);
    } else isTaken = await this.#press(vote, random.chance(0.2) ? IMPATIENT_MS : undefined);
    // Half of those who were refused, or lost the answer, send the form again; the others come back for a new page some time.
    for (let tries = random.chance(0.5) ? MOST_PRESSES : 0; tries > 0 && !isTaken && !stop.aborted; tries--) {
      await pause(RETRY_PAUSE_MS, stop);
      events.onRetry();
      isTaken = await this.#press(vote);
    }
    if (!isTaken || stop.aborted || !random.chance(0.2)) return;
    // A reload of the answer is the same press.
    events.onPressAgain();
    await this.#press(vote);
  }

  #press(vote: CastVote, timeoutMs?: number): Promise<boolean> {
    return tryOnce(this.#dependencies, this.voter, vote, pressVote, timeoutMs);
  }
}

/** Sends a vote once; whether it was acknowledged. */
async function tryOnce(
  { box, events }: VoterDependencies,
  voter: Voter,
  vote: CastVote,
  cast: typeof castVote,
  timeoutMs?: number,
): Promise<boolean> {
  const sentMs = performance.now();
  try {
    const wasAcknowledged = vote.acknowledged;
    const outcome = await cast(box, voter, vote, timeoutMs);
    if (!wasAcknowledged) events.onOutcome(outcome, vote, sentMs);
    return outcome === "acknowledged";
  } catch (error) {
    events.onProblem((error as Error).message);
    return false;
  }
}
