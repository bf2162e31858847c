import type { VotingRun } from "@voting/testing";
import { castAs, newVoter, type Voter } from "./voters.js";

export interface Load {
  readonly voters: readonly Voter[];
  acknowledged(): number;
  stop(): Promise<void>;
}

/** 20 voters who vote as fast as they get answers, until told to stop. */
export function startLoad(run: VotingRun): Load {
  const voters = Array.from({ length: 20 }, newVoter);
  let stopped = false;
  const voting = voters.map(async (voter, index) => {
    for (let round = index; !stopped; round++) {
      const taken = await castAs(voter, run.voteUrl, round % 3 === 0 ? "a" : "b");
      // While a part is down answers come at once; a voter who is told to try again does not do so a thousand times a second.
      if (!taken) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return {
    voters,
    acknowledged: () => voters.reduce((sum, voter) => sum + voter.receipts.length, 0),
    async stop() {
      stopped = true;
      await Promise.all(voting);
    },
  };
}
