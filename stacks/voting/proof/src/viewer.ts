import http from "node:http";
import { createParser } from "eventsource-parser";
import { Failure } from "./arguments.js";
import { pause } from "./waiting.js";

const RECONNECT_MS = 250;
const FIRST_EVENT_LIMIT_MS = 5_000;

/** Somebody who watches the result page, by its event stream; comes back when the stream breaks. */
export class Viewer {
  /** Events with a total so far. */
  events = 0;
  /** Of the newest event. */
  total = 0;
  /** Times that the stream broke. */
  breaks = 0;
  readonly #url: URL;
  readonly #onTotal: (total: number, atMs: number) => void;
  readonly #closing = new AbortController();
  #request: http.ClientRequest | null = null;

  /** @param onTotal Told the total of each event, and when it had arrived (by performance.now()). */
  constructor(resultUrl: string, onTotal: (total: number, atMs: number) => void) {
    this.#url = new URL("/events", resultUrl);
    this.#onTotal = onTotal;
    this.#connect();
  }

  /**
   * Resolves with the first event.
   *
   * @throws Failure (rejects) when no event comes.
   */
  static async open(resultUrl: string, onTotal: (total: number, atMs: number) => void): Promise<Viewer> {
    let isThere: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      isThere = resolve;
    });
    const viewer = new Viewer(resultUrl, (total, atMs) => {
      onTotal(total, atMs);
      isThere();
    });
    const answered = new AbortController();
    await Promise.race([first, pause(FIRST_EVENT_LIMIT_MS, answered.signal)]);
    answered.abort();
    if (viewer.events > 0) return viewer;
    viewer.close();
    throw new Failure(1, `${viewer.#url.href}: no event within ${FIRST_EVENT_LIMIT_MS} ms; a viewer would see nothing`);
  }

  close(): void {
    this.#closing.abort();
    this.#request?.destroy();
  }

  #connect(): void {
    if (this.#closing.signal.aborted) return;
    this.#request = http.get(this.#url, { agent: false, headers: { accept: "text/event-stream" } }, (response) => {
      // The parser of a stream that broke may hold half an event: each connection has its own.
      const parser = createParser({ onEvent: ({ data }) => this.#take(data) });
      response.setEncoding("utf8");
      response.on("data", (text: string) => parser.feed(text));
      response.on("error", () => undefined); // "close" follows.
    });
    this.#request.on("error", () => undefined); // "close" follows.
    this.#request.on("close", () => void this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.breaks++;
    await pause(RECONNECT_MS, this.#closing.signal);
    this.#connect();
  }

  #take(data: string): void {
    const total = totalOf(data);
    if (total === null) return;
    this.events++;
    this.total = total;
    this.#onTotal(total, performance.now());
  }
}

/** The total of an event with results; `null`: an event of another kind. */
function totalOf(data: string): number | null {
  try {
    const { total } = JSON.parse(data) as { total?: unknown };
    return typeof total === "number" ? total : null;
  } catch {
    return null;
  }
}
