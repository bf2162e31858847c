import { get } from "node:http";

/** A service that does not answer within that time is not healthy. */
const PATIENCE_MS = 2_000;
const LONGEST_REASON = 300;

/** Why the service on 127.0.0.1 is not healthy; `null`: it answered 2xx. */
export function httpHealth(port: number, path: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, signal, timeout: PATIENCE_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (body.length < 10 * LONGEST_REASON) body += text;
      });
      response.on("end", () => resolve(judge(response.statusCode ?? 0, path, body)));
      response.on("error", (error) => resolve(`the answer of ${path} broke off: ${error.message}`));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    request.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED" ? `it does not listen on port ${port} yet` : `${path}: ${error.message}`);
    });
  });
}

function judge(status: number, path: string, body: string): string | null {
  if (status >= 200 && status < 300) return null;
  return reasonIn(body) || `${path} answered ${status}`;
}

/** The answer's own words: the text, or the `reason` of a JSON object. */
function reasonIn(body: string): string {
  let text = body;
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && "reason" in value && typeof value.reason === "string") text = value.reason;
  } catch {
    // Plain text, as it should be.
  }
  return text.replace(/\s+/g, " ").trim().slice(0, LONGEST_REASON);
}
