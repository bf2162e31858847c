import {
  collectTotal,
  connectionLimit,
  Keyring,
  openFilesLimit,
  openPool,
  optionsFrom,
  pageFrom,
  RequestError,
  requireEnv,
  type ServiceContext,
  type ServiceParts,
} from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, type Registry } from "prom-client";
import { resultApi } from "./result-api.js";
import { resultPage } from "./result-page.js";
import { ResultReader } from "./result-reader.js";
import { TallyFeed } from "./tally-feed.js";
import { createViewerMetrics } from "./viewer-metrics.js";
import { STREAM_HEADERS, Viewers } from "./viewers.js";

const DEFAULT_LIMIT = 16_000;

interface ViewerLimit {
  readonly viewers: number;
  /** A sentence for the operator when it is lower than it was meant to be. */
  readonly warning: string | null;
}

interface MetricSources {
  readonly feed: TallyFeed;
  readonly reader: ResultReader;
  readonly onOutage: (error: Error) => void;
}

/** Puts the result service together: one feed of tallies, pushed to the page and asked for by the API. */
export async function buildResult({ app, log, registry, onOutage }: ServiceContext): Promise<ServiceParts> {
  const databaseUrl = requireEnv("DB_URL");
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const pool = openPool(databaseUrl, onOutage);
  const reader = new ResultReader(pool, options);
  const limit = viewerLimit(process.env, openFilesLimit());
  if (limit.warning !== null) log.warn(limit.warning);
  const viewers = new Viewers({ limit: limit.viewers, metrics: createViewerMetrics(registry) });
  const feed = new TallyFeed({ reader, databaseUrl, log, onPublish: (results) => viewers.push(results) });
  createMetrics(registry, { feed, reader, onOutage });
  await app.register(viewerStream, { viewers });
  await app.register(resultApi, { reader, pool, keyring });
  await app.register(resultPage, { feed, pool, keyring, votePage: pageFrom("VOTE_PAGE") });
  feed.start();
  return {
    check: async () => {
      await pool.query("SELECT 1");
      feed.check();
    },
    checkLive: () => feed.checkLive(),
    close: async () => {
      await feed.stop();
      await pool.end();
    },
  };
}

/**
 * How many event streams may be open at once: MAX_VIEWERS (default 16,000), or fewer when the process may not open as many files.
 * Throws a sentence for the operator when MAX_VIEWERS is no whole number above 0.
 */
export function viewerLimit(env: Readonly<Record<string, string | undefined>>, openFiles: number | null): ViewerLimit {
  const { limit, warning } = connectionLimit({ name: "MAX_VIEWERS", noun: "viewers", standard: DEFAULT_LIMIT }, env, openFiles);
  return { viewers: limit, warning };
}

/** `GET /events`: the results now and after each change. */
export async function viewerStream(app: FastifyInstance, { viewers }: { readonly viewers: Viewers }): Promise<void> {
  app.get("/events", { exposeHeadRoute: false }, (_request, reply) => {
    // It came behind a request of the same connection that has no answer yet; a stream, for one, never has its last.
    if (reply.raw.socket === null) throw new RequestError(400, "The event stream needs a connection of its own.");
    if (viewers.add(reply.raw)) reply.hijack();
    else {
      reply.code(503).header("retry-after", Math.ceil(viewers.retryMs / 1_000));
      reply.send({ error: "Too many people watch the results right now; please try again in a moment." });
    }
  });
  app.head("/events", (_request, reply) => {
    reply.headers(STREAM_HEADERS).send();
  });
  // A stream has no last answer to wait for.
  app.addHook("preClose", () => viewers.closeAll());
}

/** Totals are asked of the database at each scrape; while it is down they are missing, not zero. */
export function createMetrics(registry: Registry, { feed, reader, onOutage }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: "votes_standing",
    help: "Voters whose standing vote is this option",
    labelNames: ["option"],
    registers,
    async collect() {
      try {
        const { results } = await reader.read();
        this.reset();
        for (const option of results.options) this.set({ option: option.id }, option.votes);
      } catch {
        this.reset(); // The counter below, which reads the same, says why.
      }
    },
  });
  new Counter({
    name: "votes_persisted_total",
    help: "Ballots in the ledger of PostgreSQL, each counted once",
    registers,
    async collect() {
      await collectTotal(this, async () => (await reader.read()).persisted, onOutage);
    },
  });
  new Counter({
    name: "votes_visible_total",
    help: "Ballots that the results shown to viewers include",
    registers,
    collect() {
      this.reset();
      if (feed.latest === null) this.remove();
      else this.inc(feed.latest.persisted);
    },
  });
}
