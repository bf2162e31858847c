import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as otherWork } from "node:timers/promises";
import type { Results } from "./result-reader.js";
import type { ViewerMetrics } from "./viewer-metrics.js";

/** So many viewers are written to before other requests have a turn: some milliseconds. */
const SLICE = 200;

/** A viewer that this many events in a row could not be handed to is dropped. */
const MISSED_EVENTS = 10;

/** Proxies close what is silent for a minute. Counts only while there are no results to push. */
const HEARTBEAT_MS = 15_000;

const HEARTBEAT = Buffer.from(": nothing new\n\n");

export interface ViewersParts {
  /** How many may watch at once. */
  readonly limit: number;
  readonly metrics: ViewerMetrics;
  /** Default: 15,000 */
  readonly heartbeatMs?: number;
}

const SHORTEST_MS = 1_000;

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

  constructor({ limit, metrics, heartbeatMs = HEARTBEAT_MS }: ViewersParts) {
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

/** Of an event stream: nothing on the way may keep or gather it. */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  connection: "close",
  "x-content-type-options": "nosniff",
  "x-accel-buffering": "no",
} as const;

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
