import type { FastifyError, FastifyInstance } from "fastify";
import type { Logger } from "pino";

/** A request that cannot be served, with the one sentence that its sender gets. */
export class RequestError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.statusCode = statusCode;
  }
}

/** Fastify's own refusals in the words of someone who must put the request right. */
const SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is too large.",
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not valid JSON.",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body's length is not the one that Content-Length says.",
};

/** What to answer to an error: a 4xx names what to put right, a 5xx tells nothing of the inside. */
export function describeError(error: Partial<FastifyError>): { readonly status: number; readonly sentence: string } {
  const status = error.statusCode ?? 500;
  if (error instanceof RequestError) return { status, sentence: error.message };
  if (status >= 500) return { status, sentence: "Something went wrong on our side." };
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return { status, sentence: "The content type is not one that is accepted here." };
  return { status, sentence: SENTENCES[error.code ?? ""] ?? "The request cannot be read." };
}

/** Answers every error as JSON, an unknown path with 404 and a known one with a wrong method with 405 and what is allowed. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  const methods = new Map<string, Set<string>>();
  app.addHook("onRoute", (route) => {
    const known = methods.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    methods.set(route.url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split("?")[0] as string);
    if (allowed === undefined) return reply.code(404).send({ error: "There is nothing at this address." });
    const list = [...allowed].sort().join(", ");
    return reply
      .code(405)
      .header("allow", list)
      .send({ error: `${request.method} is not possible here; use ${list}.` });
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { status, sentence } = describeError(error);
    if (status === 500) log.error(error);
    return reply.code(status).send({ error: sentence });
  });
}
