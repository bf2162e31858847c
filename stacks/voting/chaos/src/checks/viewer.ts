import http from "node:http";

const RECONNECT_MS = 300;
const MAX_COMPLAINTS = 20;

/** Someone who watches the result page's stream, and comes back when it breaks off. */
export class Viewer {
  readonly complaints: string[] = [];
  events = 0;
  /** Of the newest event. */
  total = 0;
  readonly #url: string;
  #request: http.ClientRequest | null = null;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(resultUrl: string) {
    this.#url = `${resultUrl}/events`;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#request?.destroy();
  }

  #connect(): void {
    this.#timer = null;
    let text = "";
    const request = http.get(this.#url, { agent: false }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const events = (text + chunk).split("\n\n");
        text = events.pop() as string;
        for (const event of events) this.#see(event);
      });
      response.on("close", () => this.#later());
      response.on("error", () => undefined); // "close" follows.
    });
    request.on("error", () => this.#later());
    this.#request = request;
  }

  #later(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  #see(event: string): void {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const { total } = JSON.parse(data) as { total: number };
    this.events++;
    if (total < this.total && this.complaints.length < MAX_COMPLAINTS)
      this.complaints.push(`the stream's total went back from ${this.total} to ${total}`);
    this.total = total;
  }
}
