import http from "node:http";

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Where a running voting stack is asked. */
export interface StackUrls {
  readonly vote: string;
  readonly result: string;
}

const TIMEOUT_MS = 10_000;

/** Keep-alive connections to the two public services. A request that gets no answer rejects. */
export class StackClient {
  readonly #urls: StackUrls;
  readonly #agent: http.Agent;

  /** @param connections How many requests may be under way to each service. */
  constructor(urls: StackUrls, connections: number) {
    this.#urls = urls;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Casts a vote as a new voter. */
  vote(option: string): Promise<Answer> {
    return this.#ask(new URL("/api/votes", this.#urls.vote), "POST", JSON.stringify({ vote: option }));
  }

  fromVote(path: string): Promise<Answer> {
    return this.#ask(new URL(path, this.#urls.vote), "GET");
  }

  fromResult(path: string): Promise<Answer> {
    return this.#ask(new URL(path, this.#urls.result), "GET");
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(url: URL, method: "GET" | "POST", body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const request = http.request(url, { method, agent: this.#agent, headers, timeout: TIMEOUT_MS }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on("error", reject);
      });
      request.on("timeout", () => request.destroy(new Error(`no answer from ${url.origin} within ${TIMEOUT_MS} ms`)));
      request.on("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "ECONNREFUSED" ? "nothing answers there; is the stack running? (npm start)" : error.message;
        reject(new Error(`${url.origin}: ${reason}`));
      });
      request.end(body);
    });
  }
}
