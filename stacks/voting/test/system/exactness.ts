import assert from "node:assert/strict";
import { until } from "@groundplan/testing";
import type { VotingRun } from "@voting/testing";
import { type Voter, voterId } from "./voters.js";

/** The check of promises 1 to 3, after everything has healed: every acknowledged ballot counted once, each voter's last vote standing. */
export async function assertExact(run: VotingRun, voters: readonly Voter[]): Promise<void> {
  const acknowledged = voters.flatMap((voter) => voter.receipts.map((receipt) => receipt.slice(0, 36)));
  assert.ok(acknowledged.length > 0, "the load had no acknowledged vote");
  assert.equal(new Set(acknowledged).size, acknowledged.length, "a ballot id was given twice");
  await until(
    "every acknowledged ballot is in the ledger",
    async () => {
      const { rows } = await run.pool.query<{ n: number }>("SELECT COUNT(*)::int AS n FROM ballots WHERE id = ANY($1)", [acknowledged]);
      return rows[0]?.n === acknowledged.length;
    },
    30_000,
  );
  const { rows: standing } = await run.pool.query<{ id: string; vote: string }>("SELECT id, vote FROM votes");
  const votes = new Map(standing.map((row) => [row.id, row.vote]));
  for (const voter of voters.filter((candidate) => candidate.cookie !== null)) {
    const vote = votes.get(voterId(voter));
    assert.ok(vote !== undefined && voter.possible.has(vote), `${voterId(voter)}: found ${vote}, possible ${[...voter.possible]}`);
  }
  // One statement, so that both sides are of one moment.
  const { rows } = await run.pool.query<{ kept: object; counted: object }>(`SELECT
    (SELECT json_object_agg(vote, votes) FROM tally) AS kept,
    (SELECT json_object_agg(vote, n) FROM (SELECT vote, COUNT(*) AS n FROM votes GROUP BY vote) AS groups) AS counted`);
  assert.deepEqual(rows[0]?.kept, rows[0]?.counted);
}
