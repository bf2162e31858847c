import { Agent, get } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** GET from this machine. Rejects on any answer but 200, and when the whole answer is not there in time. */
export function fetchText(request: { port: number; path: string; timeoutMs: number }): Promise<string> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? new Error(`no answer within ${request.timeoutMs} ms`) : error);
    get({ host: "127.0.0.1", port: request.port, path: request.path, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
        else reject(new Error(`status ${response.statusCode} from ${request.path}`));
      });
    }).on("error", fail);
  });
}
