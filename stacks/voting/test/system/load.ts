import { startLoad as startVoters, type Voter } from "@voting/chaos";
import type { VotingRun } from "@voting/testing";

export interface Load {
  readonly voters: readonly Voter[];
  acknowledged(): number;
  stop(): Promise<void>;
}

const VOTES_PER_SECOND = 400;

/** Voters who vote again and again, in the ways that people and programs do, until told to stop. */
export function startLoad({ voteUrl }: Pick<VotingRun, "voteUrl">): Load {
  const load = startVoters({ voteUrl, redisUrl: null, optionIds: ["a", "b"], votesPerSecond: VOTES_PER_SECOND, seed: 1 });
  return { voters: load.voters, acknowledged: () => load.counts.acknowledged, stop: () => load.stop() };
}
