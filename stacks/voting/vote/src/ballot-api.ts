import { describeError, RequestError } from "@voting/ballots";
import type { FastifyError, FastifyInstance } from "fastify";
import { sendReply } from "./answer.js";
import type { BallotBox } from "./ballot-box.js";
import { apiEntrance } from "./entrance.js";
import type { Gate } from "./gate.js";
import { isGone, readClues, refusalCookie } from "./vote-request.js";

export interface BallotApiParts {
  readonly box: BallotBox;
  readonly gate: Gate;
}

/** `POST /api/votes` with `{"vote":"a"}`: 202 with the receipt once the ballot is durable. */
export async function ballotApi(app: FastifyInstance, { box, gate }: BallotApiParts): Promise<void> {
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", ({ raw }, _reply, done) => done(gate.refuse(raw) ?? undefined));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = describeError(error);
    if (problem.status === 500) throw error;
    const newCookie = refusalCookie(box, request, problem.status);
    return sendReply(reply, apiEntrance.refused({ ...problem, newCookie }, request.headers));
  });

  app.post(apiEntrance.path, async ({ headers, body, socket }, reply) => {
    const vote = await box.cast({ ...readClues(headers), option: readOption(body), isGone: () => isGone(socket) });
    return sendReply(reply, apiEntrance.accepted(vote, headers));
  });
}

function readOption(body: unknown): unknown {
  if (body === undefined) throw new RequestError(400, 'The body is missing: send {"vote":"a"} as application/json.');
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new RequestError(400, 'The body must be a JSON object like {"vote":"a"}.');
  }
  return (body as { vote?: unknown }).vote;
}
