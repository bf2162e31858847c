import type { IncomingMessage, ServerResponse } from "node:http";
import { describeError, type FastLane, RequestError } from "@voting/ballots";
import { sendRaw } from "./answer.js";
import type { BallotBox, VoteRequest } from "./ballot-box.js";
import type { Entrance, PlainVote } from "./entrance.js";
import type { Gate } from "./gate.js";
import { givesCookie, isGone, readClues } from "./vote-request.js";
import type { VoterClues } from "./voter.js";

/** Of a body that comes in one piece; what is longer is none of those that are meant here. */
const LENGTH = /^[1-9]\d{0,2}$/;

export interface FastLaneDependencies {
  readonly box: BallotBox;
  readonly gate: Gate;
  readonly entrances: readonly Entrance[];
}

/**
 * Takes the votes that are written as nearly all clients write them past Fastify's layers, a quarter of what such a vote costs.
 * Whatever is unusual about a request, it goes the usual way, untouched; so only what is taken in is answered here, or refused by the box.
 */
export function voteLane({ box, gate, entrances }: FastLaneDependencies): FastLane {
  const byPath = new Map(entrances.map((entrance) => [entrance.path, entrance]));
  return (request, response, next) => {
    if (request.method !== "POST") return false;
    const { headers } = request;
    const entrance = byPath.get(request.url as string);
    if (entrance === undefined || headers["content-type"] !== entrance.contentType) return false;
    const length = headers["content-length"];
    if (length === undefined || !LENGTH.test(length)) return false;
    const refusal = gate.refuse(request) ?? box.refuseWhenFull();
    if (refusal !== null) {
      refuse(box, entrance, refusal, readClues(headers), request, response);
      return true;
    }
    const take = (): void => {
      const body = request.read() as Buffer | null;
      const vote = body?.length === Number(length) ? entrance.readPlain(body.toString("latin1")) : null;
      if (vote !== null) cast(box, entrance, vote, request, response);
      else {
        if (body !== null) request.unshift(body);
        next(request, response);
      }
    };
    // Nearly always the body came with the headers: it is there when the parser has returned. To listen for it costs as much as to read it.
    process.nextTick(() => (request.readableLength > 0 ? take() : request.once("readable", take)));
    return true;
  };
}

function cast(box: BallotBox, entrance: Entrance, { option, once }: PlainVote, request: IncomingMessage, response: ServerResponse): void {
  const { headers, socket } = request;
  const { cookie, idempotencyKey } = readClues(headers);
  const vote: VoteRequest = { option, cookie, idempotencyKey, once, isGone: () => isGone(socket) };
  box.take(vote, (outcome) => {
    if (outcome instanceof RequestError) refuse(box, entrance, outcome, vote, request, response);
    else sendRaw(response, entrance.accepted(outcome, headers));
  });
}

function refuse(
  box: BallotBox,
  entrance: Entrance,
  refusal: RequestError,
  clues: VoterClues,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const problem = describeError(refusal);
  const newCookie = givesCookie(problem.status) ? box.voterOf(clues).newCookie : null;
  sendRaw(response, entrance.refused({ ...problem, once: clues.once, newCookie }, headers));
}
