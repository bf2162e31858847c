import type { FastifyInstance } from "fastify";

const TIMEOUT_MS = 3_000;

export interface HealthChecks {
  /** Throws a sentence when the service cannot do its work now: /readyz and /healthz then answer 503 with it. */
  check(): Promise<void>;
  /** Throws a sentence when only a restart would help: /livez then answers 503 with it. Default: a process that answers is alive. */
  checkLive?(): void;
}

/**
 * Two questions that must not be one. /readyz, and /healthz like it, is for who sends requests or waits for the service: 503 while what it
 * needs is away. /livez is for who kills and starts: were it 503 because the queue is away, every service would be killed for that.
 */
export function serveHealth(app: FastifyInstance, checks: HealthChecks): void {
  const answer = (path: string, check: () => Promise<void>): void => {
    app.get(path, async (_request, reply) => {
      reply.header("cache-control", "no-store").type("text/plain; charset=utf-8");
      try {
        await within(TIMEOUT_MS, check());
        return "ok\n";
      } catch (error) {
        reply.code(503);
        return `${error instanceof Error ? error.message : String(error)}\n`;
      }
    });
  };
  for (const path of ["/healthz", "/readyz"]) answer(path, () => checks.check());
  answer("/livez", async () => checks.checkLive?.());
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
