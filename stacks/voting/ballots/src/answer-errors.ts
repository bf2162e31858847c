import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
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

/** A client that is slower with its request is told so, and loses the connection. */
const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 1_000;
/** How long what a refused client still sends is read and dropped: a connection closed at once might take the answer along. */
const LINGER_MS = 1_000;

/** The refusals of Node's parser that are not simply 400. */
const BROKEN: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time."],
  HPE_HEADER_OVERFLOW: [431, "The headers are too large."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The chunk extensions are too large."],
};

const LATEST = Symbol("the answer to the latest request of a connection");
const REFUSED = new WeakSet<Duplex>();
type WithLatest = Duplex & { [LATEST]?: ServerResponse };

/**
 * The HTTP server below Fastify: Node's, with a sentence also for what never becomes a request. Answers keep the order of their
 * requests: one that was taken in gets its own answer, whatever rubbish follows it on the connection.
 */
export function createHttpServer(handler: RequestListener): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    (request.socket as WithLatest)[LATEST] = response;
    if (request.headers.host === undefined && request.httpVersion === "1.1") refuse(response, 400, "The Host header is missing.");
    else handler(request, response);
  };
  const server = createServer(
    // Node would answer a request without Host by itself, without a word.
    {
      requireHostHeader: false,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: 72_000,
    },
    listener,
  );
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    (request.socket as WithLatest)[LATEST] = response;
    refuse(response, 417, "The only expectation that can be met is 100-continue.");
  });
  server.on("connect", (_request, socket) => refuseLast(socket, 400, "CONNECT is not possible here: this is no proxy."));
  return server;
}

/** For what is not HTTP, breaks off, or comes too slowly. */
export function answerBrokenHttp(error: Error & { readonly code?: string }, socket: Duplex): void {
  // The rest of what was refused is broken too.
  if (REFUSED.has(socket)) return;
  REFUSED.add(socket);
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, sentence] = BROKEN[error.code ?? ""] ?? [400, "This is not a valid HTTP request."];
  const latest = (socket as WithLatest)[LATEST];
  if (latest === undefined || latest.req.complete) refuseLast(socket, status, sentence);
  else if (!latest.headersSent) refuse(latest, status, sentence);
  else socket.destroy();
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, refusalHeaders(sentence)).end(refusalBody(sentence));
}

/** Refuses what has no answer of its own, when the answers before it are out. */
function refuseLast(socket: WithLatest, status: number, sentence: string): void {
  const latest = socket[LATEST];
  if (latest !== undefined && !latest.writableFinished) {
    latest.once("finish", () => setImmediate(refuseLast, socket, status, sentence));
    return;
  }
  if (!socket.writable) return;
  const headers = Object.entries(refusalHeaders(sentence)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join("")}\r\n${refusalBody(sentence)}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(linger));
}

const refusalBody = (sentence: string): string => JSON.stringify({ error: sentence });

const refusalHeaders = (sentence: string) => ({
  "content-type": "application/json; charset=utf-8",
  "content-length": Buffer.byteLength(refusalBody(sentence)),
  "x-content-type-options": "nosniff",
  connection: "close",
});
