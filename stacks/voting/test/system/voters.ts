import http from "node:http";
import { castVote, Voter } from "@voting/chaos";

export const newVoter = (): Voter => new Voter();

const agent = new http.Agent();

/** Casts one vote, and waits for its answer or its failure. Returns whether it was acknowledged. */
export async function castAs(voter: Voter, voteUrl: string, option: string): Promise<boolean> {
  return (await castVote({ agent, voteUrl }, voter, voter.send(option, null))) === "acknowledged";
}
