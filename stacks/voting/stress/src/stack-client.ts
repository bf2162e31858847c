import http from "node:http";
import { Failure } from "@voting/proof";

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

/** Errors that come before a connection stands: nothing was sent. */
const NOT_CONNECTED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EMFILE"];

/** A request that got no answer. */
export class NoAnswer extends Failure {
  override readonly name = "NoAnswer";
  /** Whether the request may have reached the service all the same. */
  readonly mayHaveArrived: boolean;

  constructor(sentence: string, mayHaveArrived: boolean) {
    super(1, sentence);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Keep-alive connections to the two public services. A request that gets no answer rejects with NoAnswer. */
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
      const fail = (error: NodeJS.ErrnoException): void => reject(error instanceof NoAnswer ? error : noAnswer(url, error));
      const request = http.request(url, { method, agent: this.#agent, headers, timeout: TIMEOUT_MS }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on("error", fail);
      });
      request.on("timeout", () => request.destroy(new NoAnswer(`${url.origin}: no answer within ${TIMEOUT_MS} ms`, true)));
      request.on("error", fail);
      request.end(body);
    });
  }
}

function noAnswer(url: URL, { code = "", message }: NodeJS.ErrnoException): NoAnswer {
  const reason = code === "ECONNREFUSED" ? "nothing answers there; is the stack running? (npm start)" : message;
  return new NoAnswer(`${url.origin}: ${reason}`, !NOT_CONNECTED.includes(code));
}
