import { migrate, type PartitionLook, type QueueReader, setPosition } from "@voting/ballots";
import type pg from "pg";
import { openCounted, type PartitionState } from "./opened-queue.js";
import { PARTITION_LOCK } from "./partition-claims.js";

export interface AcceptOptions {
  /** Ballots that came into the queue after this are not counted; in ms since 1970, by the queue's clock. `null`: all are. */
  readonly discardAfterMs: number | null;
}

export interface Accepted {
  /** Ballots that are gone. */
  readonly missing: number;
  /** Ballots that are in the queue and will not be counted. */
  readonly discarded: number;
}

/**
 * Makes the worker go on although ballots are missing, and, for who restored to an earlier time on purpose, without those that came since.
 * Both are written down in the table `accepted_gaps`, where the audit finds them.
 *
 * @throws Error (rejects) with a sentence when a worker is counting.
 */
export async function acceptGap(client: pg.ClientBase, reader: QueueReader, { discardAfterMs }: AcceptOptions): Promise<Accepted> {
  await migrate(client);
  const { partitions } = await openCounted(client, reader, { evenIncomplete: true });
  let accepted: Accepted = { missing: 0, discarded: 0 };
  await client.query("BEGIN");
  try {
    for (const state of partitions) {
      await requireNobodyCounts(client, state.look);
      const { missing, discarded } = await acceptPartition(client, reader, state, discardAfterMs);
      accepted = { missing: accepted.missing + missing, discarded: accepted.discarded + discarded };
    }
    await client.query("COMMIT");
    return accepted;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function requireNobodyCounts(client: pg.ClientBase, { partition }: PartitionLook): Promise<void> {
  const { rows } = await client.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock($1, $2) AS free", [PARTITION_LOCK, partition]);
  if (!rows[0]?.free) throw new Error(`a worker is counting partition ${partition}: stop the workers first`);
}

async function acceptPartition(
  client: pg.ClientBase,
  reader: QueueReader,
  { look, stored, resumption }: PartitionState,
  discardAfterMs: number | null,
): Promise<Accepted> {
  const { partition, last, removed } = look;
  const { position, generation, missing } = resumption;
  const entries = resumption.entries === null ? null : Math.max(resumption.entries, removed);
  await setPosition(client, reader.kind, { partition, position, generation, entries }, stored);
  const [after, discarded] = discardAfterMs === null ? [last, 0] : await reader.since(partition, position, discardAfterMs);
  if (missing > 0 || discarded > 0) {
    await client.query(
      "INSERT INTO accepted_gaps (queue, partition, generation, missing, discarded, after, upto) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [reader.kind, partition, generation, missing, discarded, after, last],
    );
  }
  return { missing, discarded };
}
