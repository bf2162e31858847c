import {
  Keyring,
  openFilesLimit,
  openPool,
  optionsFrom,
  pageFrom,
  requireEnv,
  type ServiceContext,
  type ServiceParts,
} from "@voting/ballots";
import { createMetrics } from "./metrics.js";
import { resultApi } from "./result-api.js";
import { resultPage } from "./result-page.js";
import { ResultReader } from "./result-reader.js";
import { TallyFeed } from "./tally-feed.js";
import { viewerLimit } from "./viewer-limit.js";
import { createViewerMetrics } from "./viewer-metrics.js";
import { viewerStream } from "./viewer-stream.js";
import { Viewers } from "./viewers.js";

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
