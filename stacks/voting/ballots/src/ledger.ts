import type { ClientBase, Pool } from "pg";
import type { Ballot } from "./ballot.js";
import { textArray } from "./database.js";
import type { Progress } from "./queue.js";
import { rankOf } from "./rank.js";

/** How far a batch takes one of its partitions. */
export interface CountStep {
  readonly partition: number;
  readonly before: string;
  readonly after: string;
  /** That the position belongs to; `null` or not given for a queue without. */
  readonly generation?: string | null;
  /** How many entries lie between. */
  readonly entries?: number;
  /** How many of them an operator chose not to count. */
  readonly discarded?: number;
}

/** What is known of a batch's ballots besides, each list in their order. */
export interface BatchDetails {
  /** Each ballot's rank among those of its voter (see rank.ts). Not given: they rank in the order in which they are counted. */
  readonly ranks?: readonly string[];
  /** The ids under which version 4 would have counted them; empty when there are none. */
  readonly aliases?: readonly (string | null)[];
  readonly rejects?: readonly Reject[];
}

/** An entry that is no ballot of this poll, and the text that tells an operator. */
export interface Reject {
  /** Names its place in the queue: it is put aside once, however often it is read. */
  readonly place: string;
  /** JSON: {"raw", "reason"}. */
  readonly entry: string;
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
  { ranks, aliases = [], rejects = [] }: BatchDetails = {},
): Promise<number> {
  const end = Number.parseInt(steps[0]?.after ?? "0", 10);
  const { rows } = await client.query<{ counted: number }>({
    name: "count-ballots",
    text: "SELECT count_ballots($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS counted",
    values: [
      queue,
      steps.map((step) => step.partition),
      textArray(steps.map((step) => step.before)),
      textArray(steps.map((step) => step.after)),
      steps.map((step) => step.generation ?? null),
      steps.map((step) => step.entries ?? 0),
      steps.map((step) => step.discarded ?? 0),
      textArray(ballots.map((ballot) => ballot.id)),
      textArray(ballots.map((ballot) => ballot.voter)),
      textArray(ballots.map((ballot) => ballot.option)),
      textArray(ranks ?? ballots.map((_, index) => rankOf(end, String(index)))),
      aliases,
      textArray(rejects.map(({ place }) => place)),
      textArray(rejects.map(({ entry }) => entry)),
    ],
  });
  return rows[0]?.counted as number;
}

/** What PostgreSQL says of a partition. */
export interface StoredPosition extends Progress {
  readonly partition: number;
  readonly generation: string | null;
}

/** How far the partitions of a queue are counted; a partition of which nothing was counted yet is not among them. */
export async function readPositions(client: ClientBase, queue: string): Promise<readonly StoredPosition[]> {
  const { rows } = await client.query<{ partition: number; position: string; generation: string | null; entries: string | null }>({
    name: "read-positions",
    text: `SELECT partition, position, generation, CASE WHEN entries_at = position THEN entries END AS entries
      FROM positions WHERE queue = $1 ORDER BY partition`,
    values: [queue],
  });
  return rows.map((row) => ({ ...row, entries: row.entries === null ? null : Number(row.entries) }));
}

/**
 * Sets a position; for the holder of the partition, who begins there. The target of the conflict keeps a half-restored table as it is.
 *
 * @param before The position that the holder has read; `null` for none. Who lost the partition since must not set back what another counted.
 * @throws Error (rejects) when it is another by now.
 */
export async function setPosition(
  client: ClientBase,
  queue: string,
  { partition, position, generation, entries }: StoredPosition,
  before: string | null,
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO positions (queue, partition, position, generation, entries, entries_at) VALUES ($1, $2, $3, $4, $5, $3)
      ON CONFLICT (queue, partition) DO UPDATE SET position = $3, generation = $4, entries = $5, entries_at = $3
        WHERE positions.position = $6`,
    [queue, partition, position, generation, entries, before],
  );
  if (rowCount === 0) throw new Error(`partition ${partition} is no longer counted up to ${before ?? "nothing"}: another worker counts it`);
}

/** How far a partition is counted; `start` where nothing was counted yet. */
export async function loadPosition(client: ClientBase, queue: string, partition: number, start: string): Promise<string> {
  const found = (await readPositions(client, queue)).find((stored) => stored.partition === partition);
  if (found !== undefined) return found.position;
  await setPosition(client, queue, { partition, position: start, generation: null, entries: null }, null);
  return start;
}

/** Gives generations their ordinals where they have none. Returns those of all generations that the database knows of this queue. */
export async function registerGenerations(
  client: ClientBase,
  queue: string,
  generations: readonly { readonly id: string; readonly ordinal: number }[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ generation: string; place: string }>(
    "SELECT generation, place FROM register_generations($1, $2, $3)",
    [queue, generations.map(({ id }) => id), generations.map(({ ordinal }) => ordinal)],
  );
  return new Map(rows.map((row) => [row.generation, Number(row.place)]));
}

/** The generations that the database knows of a queue, and the highest ordinal of any queue's. */
export async function readGenerations(
  client: ClientBase,
  queue: string,
): Promise<{ readonly ids: ReadonlySet<string>; readonly newest: number }> {
  const { rows } = await client.query<{ queue: string; id: string; ordinal: string }>("SELECT queue, id, ordinal FROM generations");
  return {
    ids: new Set(rows.filter((row) => row.queue === queue).map((row) => row.id)),
    newest: Math.max(0, ...rows.map((row) => Number(row.ordinal))),
  };
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
