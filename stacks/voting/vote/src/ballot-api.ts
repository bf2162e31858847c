import { describeError, RequestError } from "@voting/ballots";
import type { FastifyError, FastifyInstance } from "fastify";
import type { BallotBox } from "./ballot-box.js";
import { API_HEADERS } from "./security-headers.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import { isGone, readClues, refuseForeign, setsCookie, voterCookie } from "./vote-request.js";

export interface BallotApiParts {
  readonly box: BallotBox;
  readonly proxies: TrustedProxies;
}

/** `POST /api/votes` with `{"vote":"a"}`: 202 with the receipt once the ballot is durable. */
export async function ballotApi(app: FastifyInstance, { box, proxies }: BallotApiParts): Promise<void> {
  app.removeContentTypeParser("text/plain");

  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (setsCookie(request, describeError(error).status)) {
      const { newCookie } = box.voterOf(readClues(request.headers));
      if (newCookie !== null) reply.header("set-cookie", voterCookie(request.headers, newCookie));
    }
    throw error;
  });

  app.addHook("onRequest", async (request) => refuseForeign(box, proxies, request.raw));

  app.post("/api/votes", async (request, reply) => {
    const { headers, socket } = request;
    reply.headers(API_HEADERS);
    const vote = await box.cast({ ...readClues(headers), option: readOption(request.body), isGone: () => isGone(socket) });
    if (vote.newCookie !== null) reply.header("set-cookie", voterCookie(headers, vote.newCookie));
    reply.code(202).type("application/json; charset=utf-8");
    return `{"ballot":"${vote.receipt}","state":"queued"}`;
  });
}

function readOption(body: unknown): unknown {
  if (body === undefined) throw new RequestError(400, 'The body is missing: send {"vote":"a"} as application/json.');
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new RequestError(400, 'The body must be a JSON object like {"vote":"a"}.');
  }
  return (body as { vote?: unknown }).vote;
}
