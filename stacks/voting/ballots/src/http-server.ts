import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
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

/** Files that a service needs besides its clients' connections: the stores, other requests, its own. */
const SPARE_FILES = 200;

/** How long what a refused client still sends is read and dropped: a connection closed at once might take the answer along. */
const REFUSED_LINGER_MS = 1_000;

/** So many refused clients are waited for; when even more come at once they are cut off. */
const MAX_LINGERING = 500;

/** A turn of the event loop that takes longer has more clients than can be answered in time. */
const BEHIND_MS = 250;

const TICK_MS = 50;

/** So few are served however long that takes: a slow turn is then no crowd's doing. */
const NO_CROWD = 200;

interface ConnectionLimit {
  readonly limit: number;
  /** A sentence for the operator when it is lower than it was meant to be. */
  readonly warning: string | null;
}

const FULL_BODY = '{"error":"Too many are connected at once; please try again in a moment."}';

const FULL = `HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${FULL_BODY.length}\r\nretry-after: 2\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n${FULL_BODY}`;

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

/**
 * How many may be connected at once: the variable `name`, or fewer when the process may not open as many files.
 *
 * @param noun What is limited, as the warning calls it: "viewers"
 * @param openFiles See `openFilesLimit`
 * @throws Error A sentence for the operator, when the variable is no whole number above 0.
 */
export function connectionLimit(
  { name, noun, standard }: { readonly name: string; readonly noun: string; readonly standard: number },
  env: Readonly<Record<string, string | undefined>>,
  openFiles: number | null,
): ConnectionLimit {
  const found = env[name];
  const wanted = found === undefined || found === "" ? standard : Number(found);
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error(`${name} must be a whole number above 0, found "${found}"`);
  if (openFiles === null || wanted + SPARE_FILES <= openFiles) return { limit: wanted, warning: null };
  const limit = Math.max(1, openFiles - SPARE_FILES);
  const warning = `only ${limit} ${noun} at once, not ${wanted}: the process may open ${openFiles} files; raise its limit (ulimit -n) to ${wanted + SPARE_FILES}`;
  return { limit, warning };
}

/** How many files this process may have open (proc(5)); `null` where the system does not tell or sets no limit. */
export function openFilesLimit(): number | null {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null; // Only Linux has it.
  }
}

/**
 * Serves at most so many connections of an HTTP server at once, and fewer while they are more than it can answer in time. The others get 503
 * with Retry-After before anything of them is read, which costs less than a request, and are closed.
 *
 * All requests that have arrived are handled in one turn of the event loop, and what the queue answers meanwhile has its turn after them. So
 * while a turn is late, no new connection is served and each answer ends its own, until those that are left fit into a turn.
 *
 * @param onRefused Told of each of them
 */
export function limitConnections(server: Server, limit: number, onRefused: () => void): void {
  const serve = server.listeners("connection");
  let open = 0;
  let lingering = 0;
  let turnMs = performance.now();
  const tick = setInterval(() => {
    turnMs = performance.now();
  }, TICK_MS);
  tick.unref();
  server.once("close", () => clearInterval(tick));
  const isCrowded = (): boolean => open > NO_CROWD && performance.now() - turnMs > BEHIND_MS;
  server.prependListener("request", (_request, response) => {
    if (isCrowded()) response.shouldKeepAlive = false;
  });
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (open < limit && !isCrowded()) {
      open++;
      socket.once("close", () => open--);
      for (const listener of serve) listener.call(server, socket);
      return;
    }
    onRefused();
    socket.on("error", () => undefined);
    if (lingering >= MAX_LINGERING) {
      socket.destroy();
      return;
    }
    lingering++;
    const linger = setTimeout(() => socket.destroy(), REFUSED_LINGER_MS);
    socket.once("close", () => {
      lingering--;
      clearTimeout(linger);
    });
    socket.resume().end(FULL);
  });
}
