import { pause } from "@voting/proof";
import type { StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";

const TICK_MS = 1;

export interface OpenLoad {
  /** When each vote was due, as `performance.now()` of this process. */
  readonly dueMs: readonly number[];
  /** From then to its acceptance. */
  readonly acceptMs: readonly number[];
}

/** Votes that are sent when they are due, whether or not the ones before were answered. Throws when one is not accepted. */
export async function castOpenLoad(client: StackClient, perSecond: number, seconds: number): Promise<OpenLoad> {
  const dueMs: number[] = [];
  const answers: Promise<number>[] = [];
  const startedMs = performance.now();
  while (dueMs.length < perSecond * seconds) {
    const elapsedMs = performance.now() - startedMs;
    for (; dueMs.length < Math.min((elapsedMs / 1_000) * perSecond, perSecond * seconds); ) {
      const due = startedMs + (1_000 * dueMs.length) / perSecond;
      dueMs.push(due);
      answers.push(castOne(client, due));
    }
    await pause(TICK_MS);
  }
  return { dueMs, acceptMs: await Promise.all(answers) };
}

async function castOne(client: StackClient, dueMs: number): Promise<number> {
  const { status } = await client.vote("b");
  if (status !== 202) throw new Error(`a vote of the load was answered with ${status}`);
  return performance.now() - dueMs;
}

/** The votes that stand, as the tallies have them. */
export async function standingVotes(run: VotingRun): Promise<number> {
  const { rows } = await run.pool.query<{ total: string }>("SELECT COALESCE(SUM(votes), 0) AS total FROM tally");
  return Number(rows[0]?.total);
}
