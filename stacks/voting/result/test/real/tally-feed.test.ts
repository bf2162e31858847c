import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Databases, startDatabases, until } from "@groundplan/testing";
import type pg from "pg";
import { pino } from "pino";
import { ResultReader, type Results } from "../../src/result-reader.js";
import { TallyFeed } from "../../src/tally-feed.js";

const OPTIONS = [
  { id: "a", label: "Cats" },
  { id: "b", label: "Dogs" },
];
/** Longer than any wait of these tests: what they see was pushed for a notice. */
const NEVER_MS = 600_000;

let databases: Databases;
let pool: pg.Pool;
before(async () => {
  databases = await startDatabases({ redis: false });
  pool = databases.pool();
});
after(() => databases.close());

const newFeed = (onPublish: (results: Results) => void = () => undefined): TallyFeed =>
  new TallyFeed({
    reader: new ResultReader(pool, OPTIONS),
    databaseUrl: databases.databaseUrl,
    log: pino({ level: "silent" }),
    onPublish,
    heartbeatMs: NEVER_MS,
  });

async function withFeed(body: (published: Results[]) => Promise<void>): Promise<void> {
  const published: Results[] = [];
  const feed = newFeed((results) => published.push(results));
  feed.start();
  try {
    await until("the first results are published", () => published.length > 0);
    await body(published);
  } finally {
    await feed.stop();
  }
}

test("a vote is published as soon as the database tells of it, and many at once only a few times", async () => {
  await withFeed(async (published) => {
    const before = published.at(-1)?.total ?? 0;
    for (let n = 0; n < 100; n++) await pool.query("INSERT INTO votes (id, vote) VALUES ($1, 'a')", [`many-${n}`]);
    await until("all votes are published", () => published.at(-1)?.total === before + 100);
    assert.ok(published.length < 50, `${published.length} pushes for 100 votes`);
  });
});

test("after an outage of the database the feed catches up with what it missed", async () => {
  await withFeed(async (published) => {
    const before = published.at(-1)?.total ?? 0;
    await databases.stack.restart("db");
    await until("the vote is stored", () => pool.query("INSERT INTO votes (id, vote) VALUES ('after-outage', 'b') ON CONFLICT DO NOTHING"));
    await until("the vote is published", () => published.at(-1)?.total === before + 1);
  });
});

test("a feed that is stopped while it still connects ends", { timeout: 60_000 }, async () => {
  const feed = newFeed();
  feed.start();
  await feed.stop();
});
