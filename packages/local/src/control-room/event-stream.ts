import type { ServerResponse } from "node:http";

/** Server-sent events to any number of open pages. */
export interface EventStream {
  /** Starts to send to one more page, first of all its own `snapshot`. */
  open(response: ServerResponse, snapshot: unknown): void;
  /** Sends to every open page. */
  send(event: string, data: unknown): void;
  close(): void;
}

/** A page that lets this much pile up is cut off. It connects again, and a snapshot costs less than the arrears. */
const MAX_BYTES_BEHIND = 4_000_000;

/** How long a page waits before it connects again. */
const RETRY_MS = 1_000;

export function eventStream(): EventStream {
  const pages = new Set<ServerResponse>();

  return {
    open(response, snapshot) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: ${RETRY_MS}\n${frame("snapshot", snapshot)}`);
      pages.add(response);
      response.on("close", () => pages.delete(response));
    },
    send(event, data) {
      if (pages.size === 0) return;
      const text = frame(event, data);
      for (const page of pages) {
        if (page.writableLength > MAX_BYTES_BEHIND) page.destroy();
        else page.write(text);
      }
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
    },
  };
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
