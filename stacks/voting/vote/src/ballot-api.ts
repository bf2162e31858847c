import { RequestError } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import type { BallotBox } from "./ballot-box.js";
import { API_HEADERS } from "./security-headers.js";
import { readVoteRequest, setVoterCookie } from "./vote-request.js";

/** `POST /api/votes` with `{"vote":"a"}`: 202 with the receipt once the ballot is durable. */
export async function ballotApi(app: FastifyInstance, { box }: { readonly box: BallotBox }): Promise<void> {
  app.removeContentTypeParser("text/plain");

  app.post("/api/votes", async (request, reply) => {
    reply.headers(API_HEADERS);
    const vote = await box.cast(readVoteRequest(request, readOption(request.body)));
    setVoterCookie(request, reply, vote);
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
