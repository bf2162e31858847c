import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { VotingRun } from "@voting/testing";

const exec = promisify(execFile);
const BATCH = 1_000;

export interface StorageLimits {
  /** XADD/s with an fsync before each answer, from 50 clients; `null` without redis-benchmark. */
  readonly xaddPerSecond: number | null;
  /** The same with 16 commands in each round trip. */
  readonly xaddPipelinedPerSecond: number | null;
  /** Rows/s of the same upsert into a bare table, 1,000 a statement. */
  readonly upsertsPerSecond: number;
}

/** What the storage does at most, on the servers that the stack uses, with nothing else running. */
export async function measureStorageLimits(run: VotingRun, seconds: number): Promise<StorageLimits> {
  return {
    xaddPerSecond: await xadd(run, 1),
    xaddPipelinedPerSecond: await xadd(run, 16),
    upsertsPerSecond: await upserts(run, seconds),
  };
}

async function xadd(run: VotingRun, pipeline: number): Promise<number | null> {
  if (run.redisUrl === null) return null;
  const { port } = new URL(run.redisUrl);
  const id = "00000000-0000-7000-8000-000000000000";
  const command = ["XADD", "bench", "*", "ballot", id, "voter", id, "option", "a", "at", "1700000000000.00"];
  const { stdout } = await exec("redis-benchmark", ["-p", port, "-c", "50", "-n", "200000", "-P", String(pipeline), "--csv", ...command]);
  await exec("redis-cli", ["-p", port, "DEL", "bench"]);
  const rate = /^"XADD[^"]*","([\d.]+)"/m.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`redis-benchmark printed no rate:\n${stdout}`);
  return Math.round(Number(rate));
}

async function upserts(run: VotingRun, seconds: number): Promise<number> {
  await run.pool.query("CREATE TABLE bench_votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)");
  try {
    const startedMs = performance.now();
    let rows = 0;
    while (performance.now() - startedMs < seconds * 1_000) {
      const ids = Array.from({ length: BATCH }, (_, index) => `00000000-0000-7000-8000-${String(rows + index).padStart(12, "0")}`);
      await run.pool.query({
        name: "bench-upsert",
        text: `INSERT INTO bench_votes (id, vote) SELECT id, 'a' FROM unnest($1::text[]) AS t(id)
          ON CONFLICT (id) DO UPDATE SET vote = excluded.vote`,
        values: [ids],
      });
      rows += BATCH;
    }
    return Math.round((1_000 * rows) / (performance.now() - startedMs));
  } finally {
    await run.pool.query("DROP TABLE bench_votes");
  }
}
