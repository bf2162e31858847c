import { Keyring, openPool, optionsFrom, pageFrom, requireEnv, type ServiceContext, type ServiceParts } from "@voting/ballots";
import { createMetrics } from "./metrics.js";
import { resultApi } from "./result-api.js";
import { resultPage } from "./result-page.js";
import { ResultReader } from "./result-reader.js";
import { TallyFeed } from "./tally-feed.js";
import { Viewers, viewerStream } from "./viewers.js";

/** Puts the result service together: one feed of tallies, pushed to the page and asked for by the API. */
export async function buildResult({ app, log, registry, onOutage }: ServiceContext): Promise<ServiceParts> {
  const databaseUrl = requireEnv("DB_URL");
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const pool = openPool(databaseUrl, onOutage);
  const reader = new ResultReader(pool, options);
  const viewers = new Viewers();
  const feed = new TallyFeed({ reader, databaseUrl, log, onPublish: (results) => viewers.push(results) });
  createMetrics(registry, { feed, reader, viewers, onOutage });
  await app.register(viewerStream, { viewers, feed });
  await app.register(resultApi, { reader, pool, keyring });
  await app.register(resultPage, { feed, pool, keyring, votePage: pageFrom("VOTE_PAGE") });
  feed.start();
  return {
    check: async () => {
      await pool.query("SELECT 1");
      feed.check();
    },
    close: async () => {
      await feed.stop();
      await pool.end();
    },
  };
}
