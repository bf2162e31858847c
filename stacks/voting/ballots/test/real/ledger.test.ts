import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Databases, startDatabases } from "@groundplan/testing";
import type pg from "pg";
import type { Ballot } from "../../src/ballot.js";
import { countBallots, loadPosition, lookUpBallot, readSnapshot } from "../../src/ledger.js";
import { rankOf } from "../../src/rank.js";
import { migrate } from "../../src/schema/migrate.js";
import { orderedUuid } from "../../src/uuids.js";

let databases: Databases;
let pool: pg.Pool;
let client: pg.Client;

before(async () => {
  databases = await startDatabases({ redis: false });
  pool = databases.pool();
  client = await databases.connect();
});
after(() => databases.close());
beforeEach(async () => {
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await migrate(client);
});

const ballot = (voter: string, option: string, id = orderedUuid()): Ballot => ({ id, voter, option, acceptedAtMs: 0 });

/** Counts ballots as the next batch of partition 0. */
async function count(ballots: readonly Ballot[]): Promise<number> {
  const before = await loadPosition(client, "test", 0, "0");
  return countBallots(client, "test", [{ partition: 0, before, after: String(Number(before) + 1) }], ballots);
}

const standing = async (): Promise<Record<string, string>> => {
  const { rows } = await client.query<{ id: string; vote: string }>("SELECT id, vote FROM votes ORDER BY id");
  return Object.fromEntries(rows.map((row) => [row.id, row.vote]));
};

/** The tallies, after a check that they are what the table says. */
async function tallies(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ kept: object; counted: object }>(`SELECT
    (SELECT COALESCE(json_object_agg(vote, votes), '{}') FROM tally) AS kept,
    (SELECT COALESCE(json_object_agg(vote, n), '{}') FROM (SELECT vote, COUNT(*) AS n FROM votes GROUP BY vote) AS groups) AS counted`);
  assert.deepEqual(rows[0]?.kept, rows[0]?.counted);
  return rows[0]?.kept as Record<string, number>;
}

test("a voter's last ballot in queue order stands, and each ballot is counted once", async () => {
  assert.equal(await count([ballot("v1", "a"), ballot("v2", "a"), ballot("v1", "b")]), 3);
  assert.deepEqual(await standing(), { v1: "b", v2: "a" });
  assert.equal(await count([ballot("v2", "b"), ballot("v3", "a")]), 2);
  assert.deepEqual(await standing(), { v1: "b", v2: "b", v3: "a" });
  assert.deepEqual(await tallies(), { a: 1, b: 2 });
  assert.equal((await readSnapshot(pool)).persisted, 5);
});

test("a replay of a batch changes nothing", async () => {
  const batch = [ballot("v1", "a"), ballot("v1", "b"), ballot("v2", "a")];
  await count(batch);
  await count([ballot("v1", "a")]);
  assert.equal(await count(batch), 0);
  assert.deepEqual(await standing(), { v1: "a", v2: "a" });
  const snapshot = await readSnapshot(pool);
  assert.deepEqual([snapshot.persisted, snapshot.repeated], [4, 3]);
});

test("a ballot that came twice in a batch stands where it first came", async () => {
  const retried = ballot("v1", "a");
  assert.equal(await count([retried, ballot("v1", "b"), retried]), 2);
  assert.deepEqual(await standing(), { v1: "b" });
  assert.deepEqual(await tallies(), { b: 1 });
});

test("a batch that was read from another position is refused whole", async () => {
  await count([ballot("v1", "a")]);
  const stale = [{ partition: 0, before: "0", after: "9" }];
  await assert.rejects(countBallots(client, "test", stale, [ballot("v2", "b")]), { message: /another worker has moved a position/ });
  assert.deepEqual(await standing(), { v1: "a" });
  assert.equal(await loadPosition(client, "test", 0, "0"), "1");
});

test("texts with quotes, backslashes, commas and braces come through unharmed", async () => {
  const voter = "O'Hara \"\\{x},NULL";
  await count([ballot(voter, "a"), ballot("NULL", "b")]);
  assert.deepEqual(await standing(), { NULL: "b", [voter]: "a" });
});

test("the tallies are the table's at every commit, whoever writes to it", async () => {
  await count([ballot("v1", "a"), ballot("v2", "b")]);
  const statements = [
    "INSERT INTO votes (id, vote) VALUES ('c1', 'a'), ('c2', 'b'), ('c3', 'z')",
    "UPDATE votes SET vote = 'b' WHERE id = 'c1'",
    "UPDATE votes SET id = 'c9' WHERE id = 'c2'",
    "INSERT INTO votes (id, vote) VALUES ('c1', 'a') ON CONFLICT (id) DO UPDATE SET vote = excluded.vote",
    "INSERT INTO votes (id, vote) VALUES ('c1', 'q') ON CONFLICT DO NOTHING",
    "DELETE FROM votes WHERE vote = 'b'",
    "BEGIN; INSERT INTO votes (id, vote) VALUES ('gone', 'a'); ROLLBACK",
    "WITH d AS (DELETE FROM votes WHERE id = 'c3' RETURNING id) INSERT INTO votes (id, vote) SELECT id || 'x', 'a' FROM d",
    "MERGE INTO votes USING (VALUES ('c1', 'b'), ('m1', 'a')) AS s(id, vote) ON votes.id = s.id WHEN MATCHED THEN UPDATE SET vote = s.vote WHEN NOT MATCHED THEN INSERT (id, vote) VALUES (s.id, s.vote)",
    "TRUNCATE votes",
    "INSERT INTO votes (id, vote) SELECT 'n' || n, CASE WHEN n % 3 = 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 3000) n",
    "UPDATE votes SET vote = 'a'",
    "DELETE FROM votes",
  ];
  for (const statement of statements) {
    await client.query(statement);
    await tallies();
  }
  assert.deepEqual(await tallies(), {});
});

test("the tallies hold while classic writers, workers and a person write at the same time", async () => {
  const voters = Array.from({ length: 50 }, (_, n) => `v${n}`);
  const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
  const classicWriter = async (seed: number): Promise<void> => {
    for (let n = 0; n < 100; n++) {
      const [voter, vote] = [pick(voters, n * 7 + seed), pick(["a", "b"], n + seed)];
      await pool
        .query("INSERT INTO votes (id, vote) VALUES ($1, $2)", [voter, vote])
        .catch(() => pool.query("UPDATE votes SET vote = $2 WHERE id = $1", [voter, vote]));
    }
  };
  const worker = async (partition: number): Promise<void> => {
    const own = await pool.connect();
    let position = await loadPosition(own, "test", partition, "0");
    for (let n = 1; n <= 50; n++) {
      const ballots = Array.from({ length: 10 }, (_, i) => ballot(pick(voters, n + i * 3), pick(["a", "b"], n + i)));
      await countBallots(own, "test", [{ partition, before: position, after: String(n) }], ballots);
      position = String(n);
    }
    own.release();
  };
  const person = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) {
      await pool.query("DELETE FROM votes WHERE id = ANY($1)", [voters.slice(n, n + 3)]);
      await tallies();
    }
  };
  await Promise.all([classicWriter(1), classicWriter(2), worker(0), worker(1), person()]);
  await tallies();
  assert.equal((await readSnapshot(pool)).persisted, 1_000);
});

test("a ballot is counted, superseded by a later one or by a classic writer, or not there", async () => {
  const [first, second, other] = [ballot("v1", "a"), ballot("v1", "a"), ballot("v2", "a")];
  await count([first, other]);
  assert.equal(await lookUpBallot(pool, first.id), "counted");
  await count([second]);
  assert.equal(await lookUpBallot(pool, first.id), "superseded");
  assert.equal(await lookUpBallot(pool, second.id), "counted");
  await client.query("UPDATE votes SET vote = 'b' WHERE id = 'v2'");
  assert.equal(await lookUpBallot(pool, other.id), "superseded");
  assert.equal(await lookUpBallot(pool, orderedUuid()), null);
});

test("a table that a classic stack has filled is adopted with its votes", async () => {
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await client.query("CREATE TABLE votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)");
  await client.query("INSERT INTO votes VALUES ('old1', 'a'), ('old2', 'a'), ('old3', 'b')");
  await migrate(client);
  assert.deepEqual(await tallies(), { a: 2, b: 1 });
  await count([ballot("old1", "b")]);
  assert.deepEqual(await tallies(), { a: 1, b: 2 });
});

test("services that start together bring the schema up once", async () => {
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  const clients = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
  await Promise.all(clients.map((one) => migrate(one)));
  for (const one of clients) one.release();
  const { rows } = await client.query("SELECT version FROM schema_version ORDER BY version");
  assert.deepEqual(
    rows.map((row) => row.version),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

test("a change of the tallies is announced once a transaction", async () => {
  const heard: string[] = [];
  const listener = await databases.connect();
  listener.on("notification", (notice) => heard.push(notice.channel));
  await listener.query("LISTEN tallies");
  await count([ballot("v1", "a"), ballot("v2", "b")]);
  await client.query("INSERT INTO votes (id, vote) VALUES ('classic', 'a')");
  await client.query("UPDATE votes SET vote = 'a' WHERE id = 'classic'");
  await listener.query("SELECT 1"); // Notices come before the answer to a later query.
  assert.deepEqual(heard, ["tallies", "tallies"]);
});

test("whatever the order in which ballots are counted, the one of the highest rank stands", async () => {
  const ballots = Array.from({ length: 4 }, (_, n) => ballot("v1", n === 3 ? "b" : "a"));
  const ranks = ballots.map((_, n) => rankOf(n < 2 ? 1 : 2, n % 2 === 0 ? "5-0" : "5-1"));
  for (const order of [
    [3, 2, 1, 0],
    [2, 0, 3, 1],
    [0, 1, 2, 3],
  ]) {
    await client.query("DELETE FROM votes; DELETE FROM ballots");
    for (const index of order) {
      const before = await loadPosition(client, "test", 0, "0");
      const step = { partition: 0, before, after: String(Number(before) + 1) };
      await countBallots(client, "test", [step], [ballots[index] as Ballot], { ranks: [ranks[index] as string] });
    }
    assert.deepEqual(await standing(), { v1: "b" });
    assert.deepEqual(await tallies(), { b: 1 });
  }
});

test("in the middle of a restore, when constraints or triggers are still to come, nothing is written", async () => {
  await count([ballot("v1", "a")]);
  await client.query("ALTER TABLE votes DISABLE TRIGGER keep_tallies_insert");
  await assert.rejects(count([ballot("v2", "a")]), { message: /is a restore under way\?/ });
  await client.query("ALTER TABLE votes ENABLE ALWAYS TRIGGER keep_tallies_insert");
  await client.query("ALTER TABLE positions DROP CONSTRAINT positions_pkey; DELETE FROM positions");
  await assert.rejects(loadPosition(client, "test", 0, "0"), { message: /no unique or exclusion constraint/ });
  assert.equal((await client.query("SELECT FROM positions")).rowCount, 0);
  assert.deepEqual(await standing(), { v1: "a" });
});

test("a schema of a newer version is refused with a sentence, unless it says that this version may work on it", async () => {
  await client.query("INSERT INTO schema_version (version) VALUES (99)");
  await assert.rejects(migrate(client), {
    message: /^the database has schema version 99, which works with services of version 99 or newer; this one/,
  });
  await client.query("UPDATE schema_version SET oldest = 5 WHERE version = 99");
  await migrate(client);
});
