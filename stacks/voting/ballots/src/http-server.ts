import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** A client that is slower with its request is told so, and loses the connection. */
const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 1_000;
/** How long what a refused client still sends is read and dropped: a connection closed at once might take the answer along. */
const LINGER_MS = 1_000;

const NOT_HTTP = "This is not a valid HTTP request.";
/** The refusals of Node's parser that are not simply 400. */
const BROKEN: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time."],
  HPE_HEADER_OVERFLOW: [431, "The headers are too large."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The chunk extensions are too large."],
};

const LATEST = Symbol("the answer to the latest request of a connection");
const REFUSED = new WeakSet<Duplex>();

/**
 * Answers what comes most often without the layers behind it.
 *
 * @param next Gives the request, its body unread or put back, to those layers
 * @returns Whether it took the request
 */
export type FastLane = (request: IncomingMessage, response: ServerResponse, next: RequestListener) => boolean;

const LANES = new WeakMap<Server, FastLane>();

/** Puts a fast lane before the layers of a server of `createHttpServer`. */
export function addFastLane(server: Server, lane: FastLane): void {
  LANES.set(server, lane);
}
type WithLatest = Duplex & { [LATEST]?: ServerResponse };

/**
 * The HTTP server below Fastify: Node's, with a sentence also for what never becomes a request. Answers keep the order of their
 * requests: one that was taken in gets its own answer, whatever rubbish follows it on the connection.
 */
export function createHttpServer(handler: RequestListener): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    (request.socket as WithLatest)[LATEST] = response;
    if (request.headers.host === undefined && request.httpVersion === "1.1") refuse(response, 400, "The Host header is missing.");
    // Says that there is a body, and not where it ends. Newer Nodes than 20 do not let it come this far.
    else if (request.headers["transfer-encoding"] === "") refuse(response, 400, NOT_HTTP);
    // While the server stops the layers behind end the connections.
    else if (!server.listening || LANES.get(server)?.(request, response, handler) !== true) handler(request, response);
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
  const [status, sentence] = BROKEN[error.code ?? ""] ?? [400, NOT_HTTP];
  const latest = (socket as WithLatest)[LATEST];
  if (latest === undefined || latest.req.complete) refuseLast(socket, status, sentence);
  else if (!latest.headersSent) refuse(latest, status, sentence);
  else socket.destroy();
}

/** Answers in the request's place, and ends the connection: what follows on it gets no answer of its own. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  REFUSED.add(response.req.socket);
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
