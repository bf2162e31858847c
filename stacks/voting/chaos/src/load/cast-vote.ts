import type http from "node:http";
import type { CastVote, Voter } from "../truth/voter.js";
import { type Answer, ask } from "./ask.js";

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

/** How one kind of client sends a vote, and finds the receipt in a good answer; `undefined`: it is none. */
interface Wire {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number | undefined;
  receiptIn(answer: Answer): string | undefined;
}

/**
 * Sends a vote once, as a program does, and writes down what came back.
 *
 * @throws Error when the answer is one that no vote of ours may get: a 4xx, a 500, a 202 without a receipt.
 */
export function castVote(box: BallotBox, voter: Voter, vote: CastVote, timeoutMs?: number): Promise<Outcome> {
  const headers = { "content-type": "application/json", ...(vote.key !== null && { "idempotency-key": vote.key }) };
  const body = JSON.stringify({ vote: vote.option });
  const receiptIn = (answer: Answer): string | undefined =>
    answer.status === 202 ? (JSON.parse(answer.body) as { ballot?: string }).ballot : undefined;
  return cast(box, voter, vote, { path: "/api/votes", headers, body, timeoutMs, receiptIn });
}

/** The same by a press on the page, whose one-time value is the vote's key. */
export function pressVote(box: BallotBox, voter: Voter, vote: CastVote, timeoutMs?: number): Promise<Outcome> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ once: vote.key as string, vote: vote.option }).toString();
  const receiptIn = ({ status, body }: Answer): string | undefined =>
    status === 200 ? /Receipt <code>([^<]+)<\/code>/.exec(body)?.[1] : undefined;
  return cast(box, voter, vote, { path: "/", headers, body, timeoutMs, receiptIn });
}

/** Opens the page, as who comes back with the cookie or for the first time. Returns the one-time value of its form; `null`: no page came. */
export async function openPage(box: BallotBox, voter: Voter): Promise<string | null> {
  const headers = { ...(voter.cookie !== null && { cookie: voter.cookie }) };
  const answer = await ask(box.agent, `${box.voteUrl}/`, { headers }).catch(() => null);
  if (answer === null) return null;
  keepCookie(voter, answer);
  return /name="once" value="([^"]+)"/.exec(answer.body)?.[1] ?? null;
}

async function cast(box: BallotBox, voter: Voter, vote: CastVote, wire: Wire): Promise<Outcome> {
  const headers = { ...wire.headers, ...(voter.cookie !== null && { cookie: voter.cookie }) };
  const { body, timeoutMs } = wire;
  voter.sendAgain(vote);
  let answer: Answer;
  try {
    answer = await ask(box.agent, `${box.voteUrl}${wire.path}`, { method: "POST", headers, body, ...(timeoutMs && { timeoutMs }) });
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
  const ballot = wire.receiptIn(answer);
  if (ballot === undefined) {
    voter.giveUp(vote);
    throw new Error(`a good vote was answered with ${answer.status}: ${answer.body.slice(0, 200)}`);
  }
  keepCookie(voter, answer);
  voter.acknowledge(vote, ballot);
  return "acknowledged";
}

function keepCookie(voter: Voter, { headers }: Answer): void {
  const [cookie] = headers["set-cookie"] ?? [];
  if (cookie !== undefined) voter.identify(cookie.split(";")[0] as string);
}
