import type { IncomingMessage, ServerResponse } from "node:http";
import { type FastLane, RequestError } from "@voting/ballots";
import { sendRaw } from "./answer.js";
import type { BallotBox, VoteRequest } from "./ballot-box.js";
import type { Entrance, PlainVote } from "./entrance.js";
import { isForeign } from "./foreign-origin.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import { isGone, readClues } from "./vote-request.js";

/** Of a body that comes in one piece; what is longer is none of those that are meant here. */
const LENGTH = /^[1-9]\d{0,2}$/;

export interface FastLaneParts {
  readonly box: BallotBox;
  readonly proxies: TrustedProxies;
  readonly entrances: readonly Entrance[];
}

/**
 * Takes the votes that are written as nearly all clients write them past Fastify's layers, a quarter of what such a vote costs.
 * Whatever is unusual about a request, it goes the usual way, untouched; so only what is taken in is answered here, or refused by the box.
 */
export function voteLane({ box, proxies, entrances }: FastLaneParts): FastLane {
  const byPath = new Map(entrances.map((entrance) => [entrance.path, entrance]));
  return (request, response, next) => {
    if (request.method !== "POST") return false;
    const { headers, socket } = request;
    const entrance = byPath.get(request.url as string);
    if (entrance === undefined || headers["content-type"] !== entrance.contentType) return false;
    const length = headers["content-length"];
    if (length === undefined || !LENGTH.test(length) || isForeign(headers, () => proxies.has(socket.remoteAddress))) return false;
    request.once("readable", () => {
      const body = request.read() as Buffer | null;
      const vote = body?.length === Number(length) ? entrance.readPlain(body.toString("latin1")) : null;
      if (vote !== null) cast(box, entrance, vote, request, response);
      else {
        if (body !== null) request.unshift(body);
        next(request, response);
      }
    });
    return true;
  };
}

function cast(box: BallotBox, entrance: Entrance, { option, once }: PlainVote, request: IncomingMessage, response: ServerResponse): void {
  const { headers, socket } = request;
  const { cookie, idempotencyKey } = readClues(headers);
  const vote: VoteRequest = { option, cookie, idempotencyKey, once, isGone: () => isGone(socket) };
  box.take(vote, (outcome) => {
    if (!(outcome instanceof RequestError)) {
      sendRaw(response, entrance.accepted(outcome, headers));
      return;
    }
    const { newCookie } = box.voterOf(vote);
    const { statusCode: status, message: sentence } = outcome;
    sendRaw(response, entrance.refused({ status, sentence, once, newCookie }, headers));
  });
}
