import { readFileSync } from "node:fs";
import Fastify, { type FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { type Counter, collectDefaultMetrics, type Gauge, Registry } from "prom-client";
import { answerErrors, sendError } from "./answer-errors.js";
import { answerBrokenHttp, createHttpServer } from "./http-server.js";

const OUTAGE_LOG_INTERVAL_MS = 5_000;

/** What a service of the stack says about itself; `runService` does the rest alike for all of them. */
export interface RunningService extends HealthChecks {
  /** Ends its connections; called after the last request was answered. */
  close(): Promise<void>;
}

export interface ServiceContext {
  readonly app: FastifyInstance;
  readonly log: Logger;
  readonly registry: Registry;
  /** Logs what keeps failing, once in a while; for connections that try again by themselves. */
  onOutage(error: Error): void;
}

const TIMEOUT_MS = 3_000;

export interface HealthChecks {
  /** Throws a sentence when the service cannot do its work now: /readyz and /healthz then answer 503 with it. */
  check(): Promise<void>;
  /** Throws a sentence when only a restart would help: /livez then answers 503 with it. Default: a process that answers is alive. */
  checkLive?(): void;
}

/**
 * Runs a service: /healthz, /readyz, /livez, /metrics, structured logs, and a clean stop on SIGTERM and SIGINT.
 * It listens on PORT (and HOST, default all addresses) as soon as its parts are made, so that /readyz can tell what is missing.
 */
export async function runService(
  name: string,
  defaultPort: number,
  build: (context: ServiceContext) => Promise<RunningService> | RunningService,
): Promise<void> {
  const log: Logger = pino({ name, level: process.env.LOG_LEVEL ?? "info", base: { name } });
  try {
    const context = createContext(log);
    const parts = await build(context);
    serveHealth(context.app, parts);
    serveMetrics(context.app, context.registry);
    stopOnSignal(context, parts);
    const port = Number(process.env.PORT ?? defaultPort);
    await context.app.listen({ port, host: process.env.HOST ?? "0.0.0.0" });
    log.info({ port }, "listening");
  } catch (error) {
    log.fatal(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function createContext(log: Logger): ServiceContext {
  const app = createApp(log);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const onOutage = sparingly(OUTAGE_LOG_INTERVAL_MS, (error: Error, unsaid) => log.warn({ unsaid }, error.message || error.name));
  return { app, log, registry, onOutage };
}

/** A server without routes that answers whatever is wrong with one sentence. */
export function createApp(log: Logger): FastifyInstance {
  const app = Fastify({
    // Requests are counted, not logged: a line for each vote would cost more than the vote.
    logger: false,
    bodyLimit: 4_096,
    forceCloseConnections: "idle",
    exposeHeadRoutes: true,
    serverFactory: createHttpServer,
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: sendError,
  });
  answerErrors(app, log);
  return app;
}

function serveMetrics(app: FastifyInstance, registry: Registry): void {
  app.get("/metrics", async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}

function stopOnSignal({ app, log }: ServiceContext, parts: RunningService): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    await app.close();
    await parts.close();
    log.info("stopped");
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log.fatal(error);
        process.exit(1);
      });
    });
  }
}

/** Calls `tell` at most once in `intervalMs`, with how many calls it left out since. The first call goes through at once. */
function sparingly<T>(intervalMs: number, tell: (value: T, unsaid: number) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < intervalMs) {
      unsaid++;
      return;
    }
    tell(value, unsaid);
    last = now;
    unsaid = 0;
  };
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

/**
 * Sets a metric to what its source says now; while the source is down the metric is missing, not zero. For `collect`, which
 * runs at each scrape: between reading and setting nothing waits, so that two scrapes at once do not add up.
 */
export async function collectTotal(metric: Counter | Gauge, read: () => Promise<number>, onOutage: (error: Error) => void): Promise<void> {
  try {
    const total = await read();
    metric.reset();
    metric.inc(total);
  } catch (error) {
    metric.remove();
    onOutage(error as Error);
  }
}

/**
 * A variable that the service cannot do without: the value of `name` or, where that is not set, of the file whose path is in `name`_FILE
 * (as container engines give secrets), without the line break at its end. Throws a sentence for the operator.
 */
export function requireEnv(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name] || readSecret(name, env[`${name}_FILE`]);
  if (!value) throw new Error(`${name} is not set, and neither is ${name}_FILE, the path of a file that holds it`);
  return value;
}

function readSecret(name: string, path: string | undefined): string | null {
  if (!path) return null;
  let value: string;
  try {
    value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new Error(`${name}_FILE leads to no file that can be read: ${(error as Error).message}`);
  }
  if (value === "") throw new Error(`the file in ${name}_FILE is empty: ${path}`);
  return value;
}
