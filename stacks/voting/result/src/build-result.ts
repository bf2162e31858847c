import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as otherWork } from "node:timers/promises";
import {
  collectTotal,
  connectionLimit,
  Keyring,
  openFilesLimit,
  openPool,
  optionsFrom,
  pageFrom,
  RequestError,
  type RunningService,
  requireEnv,
  type ServiceContext,
} from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { resultApi, resultPage } from "./result-page.js";
import { ResultReader, type Results } from "./result-reader.js";
import { TallyFeed } from "./tally-feed.js";

const DEFAULT_LIMIT = 16_000;

interface ViewerLimit {
  readonly viewers: number;
  /** A sentence for the operator when it is lower than it was meant to be. */
  readonly warning: string | null;
}

interface MetricSources {
  readonly feed: TallyFeed;
  readonly reader: ResultReader;
  readonly onOutage: (error: Error) => void;
}

/** So many viewers are written to before other requests have a turn: some milliseconds. */
const SLICE = 200;

/** A viewer that this many events in a row could not be handed to is dropped. */
const MISSED_EVENTS = 10;

/** Proxies close what is silent for a minute. Counts only while there are no results to push. */
const HEARTBEAT_MS = 15_000;

const HEARTBEAT = Buffer.from(": nothing new\n\n");

interface ViewersDependencies {
  /** How many may watch at once. */
  readonly limit: number;
  readonly metrics: ViewerMetrics;
  /** Default: 15,000 */
  readonly heartbeatMs?: number;
}

const SHORTEST_MS = 1_000;

/** Of an event stream: nothing on the way may keep or gather it. */
const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  connection: "close",
  "x-content-type-options": "nosniff",
  "x-accel-buffering": "no",
} as const;

interface ViewerMetrics {
  readonly open: Gauge;
  readonly pushSeconds: Histogram;
  /** unread: cut off, it did not read; limit: turned away, there were too many. */
  readonly dropped: Counter<"reason">;
}

/** Puts the result service together: one feed of tallies, pushed to the page and asked for by the API. */
export async function buildResult({ app, log, registry, onOutage }: ServiceContext): Promise<RunningService> {
  const databaseUrl = requireEnv("DB_URL");
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const pool = openPool(databaseUrl, onOutage);
  const reader = new ResultReader(pool, options);
  const limit = viewerLimit(process.env, openFilesLimit());
  if (limit.warning !== null) log.warn(limit.warning);
  const viewers = new Viewers({ limit: limit.viewers, metrics: createViewerMetrics(registry) });
  const feed = new TallyFeed({ reader, databaseUrl, log, onPublish: (results) => viewers.push(results) });
  createMetrics(registry, { feed, reader, onOutage });
  await app.register(viewerStream, { viewers });
  await app.register(resultApi, { reader, pool, keyring });
  await app.register(resultPage, { feed, pool, keyring, votePage: pageFrom("VOTE_PAGE") });
  feed.start();
  return {
    check: async () => {
      await pool.query("SELECT 1");
      feed.check();
    },
    checkLive: () => feed.checkLive(),
    close: async () => {
      await feed.stop();
      await pool.end();
    },
  };
}

/**
 * How many event streams may be open at once: MAX_VIEWERS (default 16,000), or fewer when the process may not open as many files.
 * Throws a sentence for the operator when MAX_VIEWERS is no whole number above 0.
 */
export function viewerLimit(env: Readonly<Record<string, string | undefined>>, openFiles: number | null): ViewerLimit {
  const { limit, warning } = connectionLimit({ name: "MAX_VIEWERS", noun: "viewers", standard: DEFAULT_LIMIT }, env, openFiles);
  return { viewers: limit, warning };
}

/** `GET /events`: the results now and after each change. */
export async function viewerStream(app: FastifyInstance, { viewers }: { readonly viewers: Viewers }): Promise<void> {
  app.get("/events", { exposeHeadRoute: false }, (_request, reply) => {
    // It came behind a request of the same connection that has no answer yet; a stream, for one, never has its last.
    if (reply.raw.socket === null) throw new RequestError(400, "The event stream needs a connection of its own.");
    if (viewers.add(reply.raw)) reply.hijack();
    else {
      reply.code(503).header("retry-after", Math.ceil(viewers.retryMs / 1_000));
      reply.send({ error: "Too many people watch the results right now; please try again in a moment." });
    }
  });
  app.head("/events", (_request, reply) => {
    reply.headers(STREAM_HEADERS).send();
  });
  // A stream has no last answer to wait for.
  app.addHook("preClose", () => viewers.closeAll());
}

/** Totals are asked of the database at each scrape; while it is down they are missing, not zero. */
export function createMetrics(registry: Registry, { feed, reader, onOutage }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: "votes_standing",
    help: "Voters whose standing vote is this option",
    labelNames: ["option"],
    registers,
    async collect() {
      try {
        const { results } = await reader.read();
        this.reset();
        for (const option of results.options) this.set({ option: option.id }, option.votes);
      } catch {
        this.reset(); // The counter below, which reads the same, says why.
      }
    },
  });
  new Counter({
    name: "votes_persisted_total",
    help: "Ballots in the ledger of PostgreSQL, each counted once",
    registers,
    async collect() {
      await collectTotal(this, async () => (await reader.read()).persisted, onOutage);
    },
  });
  new Counter({
    name: "votes_visible_total",
    help: "Ballots that the results shown to viewers include",
    registers,
    collect() {
      this.reset();
      if (feed.latest === null) this.remove();
      else this.inc(feed.latest.persisted);
    },
  });
}

/**
 * Everyone who watches the results, by server-sent events (WHATWG HTML, section 9.2).
 *
 * Each event is the whole state, so nobody needs all of them: who has not taken in the last one is passed over, and gets the newest
 * once it has. So a viewer holds at most one event here, whose bytes all viewers share, and what the kernel buffers for its
 * connection: on Linux at most the third figure of net.ipv4.tcp_wmem (4 MiB unless it is set lower).
 */
export class Viewers {
  readonly #limit: number;
  readonly #metrics: ViewerMetrics;
  readonly #heartbeat: NodeJS.Timeout;
  /** With the number of events in a row that each of them missed. */
  readonly #open = new Map<Socket, number>();
  #newest: Buffer | null = null;
  /** What is to be sent when the event under way has gone to all; a newer one takes its place. */
  #next: Buffer | null = null;
  #isSending = false;
  #isClosed = false;
  #isQuiet = true;

  constructor({ limit, metrics, heartbeatMs = HEARTBEAT_MS }: ViewersDependencies) {
    this.#limit = limit;
    this.#metrics = metrics;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  get count(): number {
    return this.#open.size;
  }

  /** How long somebody should wait before they come back, in ms; different each time. */
  get retryMs(): number {
    return retryMs(this.count);
  }

  /**
   * Makes a stream of a response that nothing was written to, and whose connection is its own: the response must have its socket.
   * Returns false, and leaves it alone, when there are too many viewers.
   */
  add(response: ServerResponse): boolean {
    if (this.#isClosed || this.count >= this.#limit) {
      this.#metrics.dropped.inc({ reason: "limit" });
      return false;
    }
    const socket = response.socket as Socket;
    // Without chunks, to the end of the connection: then the same bytes are right for every viewer, whichever HTTP it speaks.
    response.removeHeader("transfer-encoding");
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
    socket.write(retryHint(this.retryMs));
    if (this.#newest !== null) socket.write(this.#newest);
    this.#open.set(socket, 0);
    this.#metrics.open.set(this.count);
    socket.on("close", () => {
      this.#open.delete(socket);
      this.#metrics.open.set(this.count);
    });
    return true;
  }

  /** Begins to hand the results to everyone. Those of a push that comes before the last one is done replace what still waits. */
  push(results: Results): void {
    this.#newest = eventOf(results);
    this.#isQuiet = false;
    void this.#send(this.#newest);
  }

  /** Ends every stream; resolves when none is left. Where the last bytes cannot be handed over at once, the stream is cut off. */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    const sockets = [...this.#open.keys()];
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of sockets) {
      if (socket.writable) socket.write(retryHint(this.retryMs));
      if (socket.writableLength > 0) socket.resetAndDestroy();
      else socket.destroySoon();
    }
    await Promise.all(closed);
  }

  #beat(): void {
    if (this.#isQuiet && !this.#isSending) void this.#send(HEARTBEAT);
    this.#isQuiet = true;
  }

  async #send(event: Buffer): Promise<void> {
    this.#next = event;
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#next !== null) {
      const startedMs = performance.now();
      const current = this.#next;
      this.#next = null;
      await this.#sendToAll(current);
      this.#metrics.pushSeconds.observe((performance.now() - startedMs) / 1_000);
    }
    this.#isSending = false;
  }

  async #sendToAll(event: Buffer): Promise<void> {
    // Who comes meanwhile has the newest event already, and must not get this one after it.
    const sockets = [...this.#open.keys()];
    for (const [index, socket] of sockets.entries()) {
      if (index > 0 && index % SLICE === 0) await otherWork();
      this.#sendTo(socket, event);
    }
  }

  #sendTo(socket: Socket, event: Buffer): void {
    const missed = this.#open.get(socket);
    if (missed === undefined) return;
    if (socket.writable && socket.writableLength === 0) {
      socket.write(event);
      if (missed > 0) this.#open.set(socket, 0);
    } else if (missed + 1 < MISSED_EVENTS) this.#open.set(socket, missed + 1);
    else this.#drop(socket);
  }

  /** Nothing can be said to somebody who does not read; a reset frees what the kernel holds for them. */
  #drop(socket: Socket): void {
    this.#metrics.dropped.inc({ reason: "unread" });
    this.#open.delete(socket);
    socket.resetAndDestroy();
  }
}

const retryHint = (ms: number): string => `retry: ${ms}\n\n`;

const eventOf = (results: Results): Buffer =>
  Buffer.from(`event: results\ndata: ${JSON.stringify({ ...results, publishedAt: new Date().toISOString() })}\n\n`);

/**
 * How long a viewer should wait before it comes back, in ms: at least a second, and then at random over as many ms as there are
 * viewers (a second at least), so that after a restart they come at about a thousand a second instead of all in one instant.
 */
export function retryMs(viewers: number, random: () => number = Math.random): number {
  return Math.round(SHORTEST_MS + random() * Math.max(SHORTEST_MS, viewers));
}

export function createViewerMetrics(registry: Registry): ViewerMetrics {
  const registers = [registry];
  return {
    open: new Gauge({ name: "result_viewers", help: "Open event streams", registers }),
    pushSeconds: new Histogram({
      name: "result_push_seconds",
      help: "Time to hand one event to all viewers",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
      registers,
    }),
    dropped: new Counter({
      name: "result_viewers_dropped_total",
      help: "Viewers cut off because they did not read (unread), or turned away because there were too many (limit)",
      labelNames: ["reason"],
      registers,
    }),
  };
}
