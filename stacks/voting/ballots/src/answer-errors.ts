import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
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
  FST_ERR_BAD_URL: "The address has a percent sign that begins no valid encoding.",
  FST_ERR_MAX_PARAM_LENGTH: "The address is too long.",
};

/** What to answer to an error: a 4xx names what to put right, a 5xx tells nothing of the inside. */
export function describeError(error: Partial<FastifyError>): { readonly status: number; readonly sentence: string } {
  const status = error.statusCode ?? 500;
  if (error instanceof RequestError) return { status, sentence: error.message };
  if (status >= 500) return { status, sentence: "Something went wrong on our side." };
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return { status, sentence: "The content type is not one that is accepted here." };
  return { status, sentence: SENTENCES[error.code ?? ""] ?? "The request cannot be read." };
}

/** Answers an error as JSON. */
export function sendError(error: Partial<FastifyError>, _request: FastifyRequest, reply: FastifyReply): void {
  const { status, sentence } = describeError(error);
  if (status === 503) reply.header("retry-after", "2");
  reply.code(status).header("x-content-type-options", "nosniff").send({ error: sentence });
}

/** Answers every error as JSON, an unknown path with 404 and a known one with a wrong method with 405 and what is allowed. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  const known = new Map<string, { readonly methods: Set<string>; readonly room: FastifyInstance }>();
  app.addHook("onRoute", function (route) {
    const at = known.get(route.url) ?? { methods: new Set(), room: this };
    for (const method of [route.method].flat()) at.methods.add(method);
    known.set(route.url, at);
  });
  app.register(async (nowhere) => {
    // What comes to no address is answered without a look at its body.
    nowhere.removeAllContentTypeParsers();
    nowhere.addContentTypeParser("*", (_request, _body, done) => done(null));
    nowhere.setNotFoundHandler((request, reply) => {
      const at = known.get(request.url.split("?")[0] as string);
      if (at === undefined) return sendError(new RequestError(404, "There is nothing at this address."), request, reply);
      const list = [...at.methods].sort().join(", ");
      reply.header("allow", list);
      // In the form that errors have at this address.
      return at.room.errorHandler(new RequestError(405, `${request.method} is not possible here; use ${list}.`) as never, request, reply);
    });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (describeError(error).status === 500) log.error(error);
    sendError(error, request, reply);
  });
}
