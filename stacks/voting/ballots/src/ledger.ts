import type { ClientBase, Pool } from "pg";
import type { Ballot } from "./ballot.js";
import { textArray } from "./database.js";

/** A batch of ballots and how far it takes each of its partitions. */
export interface CountStep {
  readonly partition: number;
  readonly before: string;
  readonly after: string;
}

/**
 * Counts a batch, all of it or none, each ballot once. Returns how many ballots were new.
 * Throws when another worker has moved one of the positions: then nothing of the batch is written.
 */
export async function countBallots(
  client: ClientBase,
  queue: string,
  steps: readonly CountStep[],
  ballots: readonly Ballot[],
): Promise<number> {
  const { rows } = await client.query<{ counted: number }>({
    name: "count-ballots",
    text: "SELECT count_ballots($1, $2, $3, $4, $5, $6, $7) AS counted",
    values: [
      queue,
      steps.map((step) => step.partition),
      textArray(steps.map((step) => step.before)),
      textArray(steps.map((step) => step.after)),
      textArray(ballots.map((ballot) => ballot.id)),
      textArray(ballots.map((ballot) => ballot.voter)),
      textArray(ballots.map((ballot) => ballot.option)),
    ],
  });
  return rows[0]?.counted as number;
}

/** How far a partition is counted; `start` where nothing was counted yet. */
export async function loadPosition(client: ClientBase, queue: string, partition: number, start: string): Promise<string> {
  await client.query("INSERT INTO positions (queue, partition, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    queue,
    partition,
    start,
  ]);
  const { rows } = await client.query<{ position: string }>("SELECT position FROM positions WHERE queue = $1 AND partition = $2", [
    queue,
    partition,
  ]);
  return rows[0]?.position as string;
}

/** Sets a position back, for a queue that was replaced. Only for the holder of the partition. */
export async function resetPosition(client: ClientBase, queue: string, partition: number, position: string): Promise<void> {
  await client.query("UPDATE positions SET position = $3 WHERE queue = $1 AND partition = $2", [queue, partition, position]);
}

/** The tallies and the size of the ledger, read in one snapshot. */
export interface Snapshot {
  /** Option id -> voters whose standing vote it is. */
  readonly votes: ReadonlyMap<string, number>;
  /** Ballots counted so far. */
  readonly persisted: number;
  /** Ballots passed over because they were counted before. */
  readonly repeated: number;
}

export async function readSnapshot(pool: Pool): Promise<Snapshot> {
  const { rows } = await pool.query<{ vote: string | null; n: string; repeated: string }>({
    name: "snapshot",
    text: `SELECT vote, votes AS n, 0 AS repeated FROM tally
      UNION ALL SELECT NULL, COALESCE(SUM(counted), 0), COALESCE(SUM(repeated), 0) FROM positions`,
  });
  const votes = new Map<string, number>();
  let ledger = { persisted: 0, repeated: 0 };
  for (const row of rows) {
    if (row.vote === null) ledger = { persisted: Number(row.n), repeated: Number(row.repeated) };
    else votes.set(row.vote, Number(row.n));
  }
  return { votes, ...ledger };
}

/** Whether the ledger has a ballot, and whether it is the one that stands. `null`: not counted. */
export async function lookUpBallot(pool: Pool, id: string): Promise<"counted" | "superseded" | null> {
  const { rows } = await pool.query<{ stands: boolean }>({
    name: "look-up-ballot",
    // A classic writer may have changed the vote without a ballot: then no ballot of ours stands.
    text: `SELECT v.id IS NOT NULL AS stands FROM ballots b
      LEFT JOIN votes v ON v.id = b.voter AND v.ballot = b.id AND v.vote = b.vote WHERE b.id = $1`,
    values: [id],
  });
  const row = rows[0];
  return row ? (row.stands ? "counted" : "superseded") : null;
}
