import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** Watches the result page's event stream, and remembers when each total was pushed. */
export class Viewer {
  readonly #response: IncomingMessage;
  readonly #seen: { readonly total: number; readonly atMs: number }[] = [];

  static async open(resultUrl: string): Promise<Viewer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${resultUrl}/events`, resolve).on("error", reject);
    });
    return new Viewer(response);
  }

  private constructor(response: IncomingMessage) {
    this.#response = response;
    let unread = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      const atMs = performance.now();
      const events = (unread + chunk).split("\n\n");
      unread = events.pop() ?? "";
      for (const event of events) {
        const total = /"total":(\d+)/.exec(event)?.[1];
        if (total !== undefined) this.#seen.push({ total: Number(total), atMs });
      }
    });
  }

  get total(): number {
    return this.#seen.at(-1)?.total ?? 0;
  }

  /** When a push first had at least that total. */
  firstSeenMs(total: number): number {
    const push = this.#seen.find((candidate) => candidate.total >= total);
    if (push === undefined) throw new Error(`no push had a total of ${total}`);
    return push.atMs;
  }

  async until(total: number, limitMs: number): Promise<void> {
    const startedMs = performance.now();
    while (this.total < total) {
      if (performance.now() - startedMs > limitMs) throw new Error(`the viewer sees ${this.total} of ${total} votes`);
      await sleep(POLL_MS);
    }
  }

  close(): void {
    this.#response.destroy();
  }
}
