import http from "node:http";
import { Failure } from "./failure.js";
import { Series } from "./series.js";

const RECONNECT_MS = 250;
const FIRST_EVENT_LIMIT_MS = 5_000;

/** Somebody who watches the result page, by its event stream; comes back when the stream breaks. */
export class Viewer {
  /** What the total has gained since `base`, at the moment each event had arrived. */
  readonly seen = new Series();
  /** Times that the stream broke. */
  breaks = 0;
  readonly #url: URL;
  readonly #base: number;
  #request: http.ClientRequest | null = null;
  #isClosed = false;
  #onEvent: () => void = () => undefined;

  private constructor(url: URL, base: number) {
    this.#url = url;
    this.#base = base;
  }

  /**
   * Resolves with the first event.
   *
   * @param base Votes that were visible before.
   * @throws Failure (rejects) when no event comes.
   */
  static async open(resultUrl: string, base: number): Promise<Viewer> {
    const viewer = new Viewer(new URL("/events", resultUrl), base);
    const first = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        reject(new Failure(1, `${viewer.#url.href}: no event within ${FIRST_EVENT_LIMIT_MS} ms; a viewer would see nothing`));
      }, FIRST_EVENT_LIMIT_MS);
      viewer.#onEvent = () => {
        clearTimeout(limit);
        resolve();
      };
    });
    viewer.#connect();
    try {
      await first;
      return viewer;
    } catch (error) {
      viewer.close();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#request?.destroy();
  }

  #connect(): void {
    if (this.#isClosed) return;
    this.#request = http.get(this.#url, { headers: { accept: "text/event-stream" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const events = (text + chunk).split("\n\n");
        text = events.pop() ?? "";
        const atMs = performance.now();
        for (const event of events) this.#take(event, atMs);
      });
      response.on("error", () => undefined); // "close" follows.
    });
    this.#request.on("error", () => undefined); // "close" follows.
    this.#request.on("close", () => {
      if (this.#isClosed) return;
      this.breaks++;
      setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }

  #take(event: string, atMs: number): void {
    const total = totalOf(event);
    if (total === null) return;
    this.seen.add(atMs, total - this.#base);
    this.#onEvent();
  }
}

/** The total of an event with results; `null`: an event of another kind. */
export function totalOf(event: string): number | null {
  const data = event
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length))
    .join("\n");
  try {
    const { total } = JSON.parse(data) as { total?: unknown };
    return typeof total === "number" ? total : null;
  } catch {
    return null;
  }
}
