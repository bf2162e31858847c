import http from "node:http";

export interface Question {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: 15,000 */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Longer than any fault lasts: a vote that was given up while a part stood still could be taken in behind one that was sent later. */
const TIMEOUT_MS = 15_000;

/** Asks over connections that are kept. Rejects when no whole answer came within the time. */
export function ask(
  agent: http.Agent,
  url: URL | string,
  { method = "GET", headers = {}, body, timeoutMs }: Question = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS);
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = http.request(url, { method, agent, signal, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}
