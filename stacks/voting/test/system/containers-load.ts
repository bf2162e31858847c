import { until } from "@groundplan/testing";
import { startLoad, type Voter } from "@voting/chaos";
import type pg from "pg";
import { assertExact } from "./exactness.js";

/**
 * Far from what the services can take: where a vote waited longer for its answer than its voter does, it could be queued behind the
 * voter's next one, and nobody could tell which stands.
 */
const VOTES_PER_SECOND = 60;
/** Containers take their time to come up. */
const ANSWER_LIMIT_MS = 60_000;

/** Votes arrive while `disturb` happens to the containers, and afterwards; then every acknowledged one must be counted once. */
export async function assertNothingLost(
  voteUrl: string,
  disturb: () => Promise<void>,
  openDatabase: () => Promise<pg.Pool>,
): Promise<void> {
  // Idempotency keys follow from the seed: a second load must not repeat those of the first.
  const load = startLoad({ voteUrl, redisUrl: null, optionIds: ["a", "b"], votesPerSecond: VOTES_PER_SECOND, seed: Date.now() });
  const voters: readonly Voter[] = load.voters;
  try {
    const more = async (what: string): Promise<void> => {
      const before = load.counts.acknowledged;
      await until(what, () => load.counts.acknowledged > before + 100, ANSWER_LIMIT_MS);
    };
    await more("the load is under way");
    await disturb();
    await more("votes are accepted again");
  } finally {
    await load.stop();
  }
  const pool = await openDatabase();
  await assertExact({ pool }, voters);
}
