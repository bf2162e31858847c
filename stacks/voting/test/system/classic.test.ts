import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { missingProgram, until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { Redis } from "ioredis";

const exec = promisify(execFile);

let run: VotingRun;
before(async () => {
  run = await startVoting();
});
after(() => run.close());

const total = async (): Promise<number> => ((await (await fetch(`${run.resultUrl}/api/results`)).json()) as { total: number }).total;

function missing(context: TestContext, program: string): boolean {
  const reason = missingProgram(program);
  if (reason !== null) context.skip(reason);
  return reason !== null;
}

test("curl -d vote=a gets the page with the choice marked, and is counted", async (context) => {
  if (missing(context, "curl")) return;
  const before = await total();
  const { stdout } = await exec("curl", ["--silent", "--fail", "--data", "vote=a", `${run.voteUrl}/`]);
  assert.match(stdout, /value="a" aria-pressed="true"/);
  await until("the vote is counted", async () => (await total()) === before + 1);
});

test("ab -p casts 500 votes, each one a voter of its own", async (context) => {
  if (missing(context, "ab")) return;
  const before = await total();
  const body = join(mkdtempSync(join(tmpdir(), "ab-")), "body");
  writeFileSync(body, "vote=b");
  const { stdout } = await exec("ab", [
    "-q",
    "-n",
    "500",
    "-c",
    "10",
    "-p",
    body,
    "-T",
    "application/x-www-form-urlencoded",
    `${run.voteUrl}/`,
  ]);
  assert.match(stdout, /Complete requests:\s+500\n/);
  assert.doesNotMatch(stdout, /Non-2xx/);
  await until("all are counted", async () => (await total()) === before + 500);
});

test("votes that a classic vote app left in the Redis list are counted, rubbish is put aside", async (context) => {
  if (run.redisUrl === null) return context.skip("needs redis-server");
  const before = await total();
  const redis = new Redis(run.redisUrl);
  try {
    await redis.rpush(
      "votes",
      '{"voter_id": "classic-1", "vote": "a"}',
      "rubbish",
      '{"voter_id": "classic-2", "vote": "zebra"}',
      '{"voter_id": "classic-1", "vote": "b"}',
    );
    await until("the vote is counted", async () => (await total()) === before + 1);
    await until("the rest is put aside", async () => (await redis.llen("votes:rejected")) === 2);
    const { rows } = await run.pool.query("SELECT vote FROM votes WHERE id LIKE 'classic-%'");
    assert.deepEqual(rows, [{ vote: "b" }]);
  } finally {
    redis.disconnect();
  }
});

test("a classic worker that writes to the table itself shows on the result page's stream", async () => {
  const before = await total();
  const stream = await fetch(`${run.resultUrl}/events`);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  await run.pool.query("INSERT INTO votes (id, vote) VALUES ('a-classic-writer', 'a')");
  let text = "";
  await until("the push has the vote", async () => {
    text += new TextDecoder().decode((await reader.read()).value);
    return text.includes(`"total":${before + 1}`);
  });
  await reader.cancel();
});
