import assert from "node:assert/strict";
import { until } from "@groundplan/testing";
import { ballotOf, checkTruth, readFound, type Voter, wrongIn } from "@voting/chaos";
import { checkInvariants } from "@voting/stress";
import type { VotingRun } from "@voting/testing";

/** Says what hangs. */
const COUNT_LIMIT_MS = 120_000;

/**
 * The check of promises 1 to 3 after everything has healed, for these voters alone: every acknowledged ballot counted once, the right
 * vote standing for each, the tallies right.
 */
export async function assertExact({ pool }: Pick<VotingRun, "pool">, voters: readonly Voter[]): Promise<void> {
  const receipts = voters.flatMap((voter) => voter.votes.flatMap(({ receipt }) => receipt ?? []));
  assert.ok(receipts.length > 0, "the load had no acknowledged vote");
  const ballots = [...new Set(receipts.map(ballotOf))];
  await until(
    "every acknowledged ballot is in the ledger",
    async () => {
      const { rows } = await pool.query<{ n: number }>("SELECT COUNT(*)::int AS n FROM ballots WHERE id = ANY($1)", [ballots]);
      return rows[0]?.n === ballots.length;
    },
    COUNT_LIMIT_MS,
  );
  const { ledger, standing } = await readFound(pool);
  const own = new Set(voters.map((voter) => voter.id));
  const verdict = checkTruth(voters, {
    ledger: ledger.filter((row) => own.has(row.voter)),
    standing: standing.filter((row) => own.has(row.id)),
  });
  assert.deepEqual(wrongIn({ verdict, problems: voters.flatMap((voter) => voter.complaints) }), []);
  assert.deepEqual(
    (await checkInvariants(pool)).filter(({ holds }) => !holds),
    [],
  );
}
