import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { until, untilDone } from "@groundplan/testing";
import { audit, LedgerDatabase, StackClient } from "@voting/stress";
import { startVoting, type VotingRun } from "@voting/testing";
import { Redis } from "ioredis";

let run: VotingRun;
let client: StackClient;
let database: LedgerDatabase;
let voterKey: string;

before(async () => {
  run = await startVoting();
  client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 4);
  database = await LedgerDatabase.open(run.pool.options.connectionString as string);
  voterKey = (JSON.parse(readFileSync(join(run.stateFolder, "secrets.json"), "utf8")) as Record<string, string>)["voter-key"] as string;
  for (let n = 0; n < 20; n++) assert.equal((await client.vote(n % 2 === 0 ? "a" : "b")).status, 202);
  await until("all is counted", async () => (await run.pool.query("SELECT FROM ballots")).rowCount === 20);
  await untilDone("the audit is sound", async () => assert.equal((await audit(client, database, voterKey)).sound, true));
});
after(async () => {
  client.close();
  await database.close();
  await run.close();
});

/** Each with the check that must find it, and what makes it whole again. */
const DAMAGES: readonly { readonly what: string; readonly found: RegExp; readonly sql: string; readonly undo: string }[] = [
  {
    what: "a position that lacks what the queue had counted",
    found: /^the database has passed what the queue says is counted: .* 3 were taken in and not passed/,
    sql: "UPDATE positions SET entries = entries - 3 WHERE partition = 0",
    undo: "UPDATE positions SET entries = entries + 3 WHERE partition = 0",
  },
  {
    what: "entries that were passed without a trace",
    found: /^every entry that was passed is counted, a repeat, put aside or discarded/,
    sql: "UPDATE positions SET passed = passed + 1 WHERE partition = 1",
    undo: "UPDATE positions SET passed = passed - 1 WHERE partition = 1",
  },
  {
    what: "an earlier ballot that stands",
    found: /^of each voter's ballots the one that came last stands/,
    sql: "UPDATE ballots SET rank = 'ffffffff-ffff-ffff-ffff-ffffffffffff' WHERE id = (SELECT MIN(id::text)::uuid FROM ballots); UPDATE votes SET rank = rank",
    undo: "UPDATE ballots b SET rank = v.rank FROM votes v WHERE v.ballot = b.id",
  },
  {
    what: "a generation that the positions do not belong to",
    found: /^every position belongs to the newest generation of its queue/,
    sql: "UPDATE positions SET generation = 'another' WHERE partition = 2",
    undo: "UPDATE positions SET generation = (SELECT id FROM generations WHERE queue = 'redis' ORDER BY ordinal DESC LIMIT 1) WHERE queue = 'redis'",
  },
  {
    what: "what was put aside and never shown",
    found: /^what was put aside is shown where an operator looks/,
    sql: "INSERT INTO rejected (raw, reason, listed) VALUES ('x', 'planted', FALSE)",
    undo: "DELETE FROM rejected",
  },
  {
    what: "what was put aside and is gone",
    found: /^what was put aside is kept/,
    sql: "UPDATE positions SET rejected = 1, passed = passed + 1 WHERE partition = 3",
    undo: "UPDATE positions SET rejected = 0, passed = passed - 1 WHERE partition = 3",
  },
];

for (const { what, found, sql, undo } of DAMAGES) {
  test(`an audit finds ${what}`, async (context) => {
    if (run.redisUrl === null) return context.skip("needs redis-server");
    // The workers would mend, or refuse, what is planted here.
    await run.stack.stop("worker");
    try {
      await run.pool.query(sql);
      const { sound, invariants } = await audit(client, database, voterKey);
      const broken = (invariants ?? []).filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
      assert.equal(sound, false);
      assert.ok(
        broken.some((line) => found.test(line)),
        broken.join("\n"),
      );
    } finally {
      await run.pool.query(undo);
      await run.stack.restart("worker");
    }
  });
}

test("an audit finds receipts that say something else", async () => {
  const { sound, invariants } = await audit(client, database, "another key than the stack's");
  assert.equal(sound, false);
  assert.match((invariants ?? []).find(({ name }) => name.startsWith("receipts"))?.detail ?? "", /"unknown", should be "counted"/);
});

test("an audit finds a queue that was emptied", async (context) => {
  if (run.redisUrl === null) return context.skip("needs redis-server");
  await run.stack.stop("worker");
  const redis = new Redis(run.redisUrl);
  await redis.flushall();
  redis.disconnect();
  const { sound, invariants } = await audit(client, database, voterKey);
  assert.equal(sound, false);
  assert.ok((invariants ?? []).some(({ name, holds }) => !holds && name.startsWith("the queue took in")));
  await run.stack.restart("worker");
});
