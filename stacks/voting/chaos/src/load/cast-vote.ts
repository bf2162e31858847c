import type http from "node:http";
import type { CastVote, Voter } from "../truth/voter.js";
import { ask } from "./ask.js";

/**
 * - acknowledged: 2xx
 * - refused: 503, the stack says that it cannot take votes now
 * - unreachable: nobody listened, so it was not sent
 * - unanswered: nothing came back in time
 */
export type Outcome = "acknowledged" | "refused" | "unreachable" | "unanswered";

export interface BallotBox {
  readonly agent: http.Agent;
  /** Where votes are cast, for example http://127.0.0.1:8080 */
  readonly voteUrl: string;
}

/**
 * Sends a vote once, and writes down what came back.
 *
 * @throws Error when the answer is one that no vote of ours may get: a 4xx, a 500, a 202 without a receipt.
 */
export async function castVote(box: BallotBox, voter: Voter, vote: CastVote, timeoutMs?: number): Promise<Outcome> {
  const headers = {
    "content-type": "application/json",
    ...(voter.cookie !== null && { cookie: voter.cookie }),
    ...(vote.key !== null && { "idempotency-key": vote.key }),
  };
  const body = JSON.stringify({ vote: vote.option });
  voter.sendAgain(vote);
  let answer: Awaited<ReturnType<typeof ask>>;
  try {
    answer = await ask(box.agent, `${box.voteUrl}/api/votes`, { method: "POST", headers, body, ...(timeoutMs && { timeoutMs }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") {
      voter.notSent(vote);
      return "unreachable";
    }
    voter.giveUp(vote);
    return "unanswered";
  }
  if (answer.status === 503) {
    // Whether the queue took it in before it broke off is not known.
    voter.giveUp(vote);
    return "refused";
  }
  const { ballot } = answer.status === 202 ? (JSON.parse(answer.body) as { ballot?: string }) : {};
  if (ballot === undefined) {
    voter.giveUp(vote);
    throw new Error(`a good vote was answered with ${answer.status}: ${answer.body.slice(0, 200)}`);
  }
  const [cookie] = answer.headers["set-cookie"] ?? [];
  if (cookie !== undefined) voter.identify(cookie.split(";")[0] as string);
  voter.acknowledge(vote, ballot);
  return "acknowledged";
}
