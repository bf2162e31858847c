import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Results } from "./result-reader.js";
import type { TallyFeed } from "./tally-feed.js";

/** A viewer that has this much unread is dropped; its browser comes back and starts from the newest result. */
const MAX_UNREAD_BYTES = 64 * 1024;
const RETRY_MS = 1_000;

/** Everyone who watches the results, by server-sent events (WHATWG HTML, section 9.2). */
export class Viewers {
  readonly #open = new Set<ServerResponse>();
  #dropped = 0;

  get count(): number {
    return this.#open.size;
  }

  /** Viewers dropped because they did not read. */
  get dropped(): number {
    return this.#dropped;
  }

  add(response: ServerResponse, first: Results | null): void {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write(`retry: ${RETRY_MS}\n\n${first === null ? "" : eventOf(first)}`);
    this.#open.add(response);
    response.on("close", () => this.#open.delete(response));
    response.on("error", () => this.#open.delete(response));
  }

  /** The event is made once, whatever the number of viewers. */
  push(results: Results): void {
    const event = eventOf(results);
    for (const response of this.#open) {
      if (response.writableLength > MAX_UNREAD_BYTES) this.#drop(response);
      else response.write(event);
    }
  }

  closeAll(): void {
    for (const response of this.#open) response.end();
  }

  #drop(response: ServerResponse): void {
    this.#dropped++;
    this.#open.delete(response);
    response.destroy();
  }
}

const eventOf = (results: Results): string => `event: results\ndata: ${JSON.stringify(results)}\n\n`;

/** `GET /events`: the results now and after each change. */
export async function viewerStream(
  app: FastifyInstance,
  { viewers, feed }: { readonly viewers: Viewers; readonly feed: TallyFeed },
): Promise<void> {
  app.get("/events", { exposeHeadRoute: false }, (_request, reply) => {
    reply.hijack();
    viewers.add(reply.raw, feed.latest?.results ?? null);
  });
  // A stream has no last answer to wait for.
  app.addHook("preClose", async () => viewers.closeAll());
}
