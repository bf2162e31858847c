import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";

const RETRY_AFTER_SECONDS = 2;

/** A request that cannot be served, with the one sentence that its sender gets. */
export class RequestError extends Error {
  readonly statusCode: number;
  /** When it makes sense to try again; `null`: as it is, never. */
  readonly retryAfterSeconds: number | null;

  constructor(statusCode: number, sentence: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(sentence, options);
    this.statusCode = statusCode;
    this.retryAfterSeconds = options?.retryAfterSeconds ?? (statusCode === 503 ? RETRY_AFTER_SECONDS : null);
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
export function describeError(error: Partial<FastifyError>): ErrorAnswer {
  const status = error.statusCode ?? 500;
  if (error instanceof RequestError) return { status, sentence: error.message, retryAfterSeconds: error.retryAfterSeconds };
  const retryAfterSeconds = status === 503 ? RETRY_AFTER_SECONDS : null;
  return { status, sentence: sentenceOf(status, error.code ?? ""), retryAfterSeconds };
}

export interface ErrorAnswer {
  readonly status: number;
  readonly sentence: string;
  readonly retryAfterSeconds: number | null;
}

function sentenceOf(status: number, code: string): string {
  if (status >= 500) return "Something went wrong on our side.";
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "The content type is not one that is accepted here.";
  return SENTENCES[code] ?? "The request cannot be read.";
}

/** Answers an error as JSON. */
export function sendError(error: Partial<FastifyError>, _request: FastifyRequest, reply: FastifyReply): void {
  const { status, sentence, retryAfterSeconds } = describeError(error);
  if (retryAfterSeconds !== null) reply.header("retry-after", String(retryAfterSeconds));
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
