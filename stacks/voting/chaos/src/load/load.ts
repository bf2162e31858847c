import { setMaxListeners } from "node:events";
import http from "node:http";
import { pause } from "@groundplan/local";
import { Random } from "../random.js";
import type { CastVote, Voter } from "../truth/voter.js";
import { ApiVoter } from "./api-voter.js";
import type { Outcome } from "./cast-vote.js";
import { runClassicLoad } from "./classic-client.js";

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
  readonly onAcknowledged?: (vote: CastVote, sentMs: number) => void;
}

/** Voters who go on until told to stop, and who know what they were told. */
export interface Load {
  /** Everyone who has voted so far. Classic voters are among them once the load has stopped. */
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

/** Starts voters enough to cast about that many votes a second; while votes take long there are fewer. */
export function startLoad(options: LoadOptions): Load {
  const { votesPerSecond, redisUrl, onAcknowledged } = options;
  const random = new Random(options.seed);
  const agent = new http.Agent({ keepAlive: true });
  const voters: Voter[] = [];
  const problems: string[] = [];
  const counts: LoadCounts = { acknowledged: 0, refused: 0, unreachable: 0, unanswered: 0, retries: 0, concurrent: 0, classic: 0 };
  const stopping = new AbortController();
  const stop = stopping.signal;
  setMaxListeners(0, stop); // Every voter who pauses listens.
  const events = {
    onOutcome(outcome: Outcome, vote: CastVote, sentMs: number): void {
      counts[outcome]++;
      if (outcome === "acknowledged") onAcknowledged?.(vote, sentMs);
    },
    onRetry: () => void counts.retries++,
    onConcurrent: () => void counts.concurrent++,
    onProblem(sentence: string): void {
      if (problems.length < MAX_PROBLEMS) problems.push(sentence);
    },
  };
  const parts = { box: { agent, voteUrl: options.voteUrl }, random, options: options.optionIds, events, stop };
  const seats = Math.min(200, Math.max(10, Math.round(votesPerSecond / 2)));
  const thinkMs = (1_000 * seats) / votesPerSecond;
  const voting = Array.from({ length: seats }, async () => {
    while (!stop.aborted) {
      const person = new ApiVoter(parts);
      voters.push(person.voter);
      for (let left = random.between(VOTES_OF_A_VOTER.min, VOTES_OF_A_VOTER.max); left > 0 && !stop.aborted; left--) {
        await pause(random.next() * 2 * thinkMs, stop);
        if (!stop.aborted) await person.vote();
      }
    }
  });
  const classic = async (url: string): Promise<void> => {
    const onOutcome = (outcome: Outcome): void => {
      counts[outcome]++;
      if (outcome === "acknowledged") counts.classic++;
    };
    const classicParts = { redisUrl: url, random, options: options.optionIds, onOutcome, stop };
    voters.push(...(await runClassicLoad({ ...classicParts, votesPerSecond: Math.max(1, votesPerSecond * CLASSIC_SHARE) })));
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
