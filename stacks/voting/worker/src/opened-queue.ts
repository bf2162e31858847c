import {
  type PartitionLook,
  type QueueReader,
  type Resumption,
  readGenerations,
  readPositions,
  registerGenerations,
} from "@voting/ballots";
import type pg from "pg";

/** Ballots that were never counted in this database are no longer in the queue either: only an operator can say what is right. */
export class MissingBallots extends Error {
  /** Partition -> how many. */
  readonly missing: ReadonlyMap<number, number>;

  constructor(missing: ReadonlyMap<number, number>) {
    const total = [...missing.values()].reduce((sum, n) => sum + n, 0);
    const where = [...missing].map(([partition, n]) => `${n.toLocaleString("en")} of partition ${partition}`).join(", ");
    super(
      `${total.toLocaleString("en")} ballots are missing (${where}): they were counted in another copy of the database than this, and the queue ` +
        "no longer keeps them. Restore a newer backup, or accept the loss: node dist/main.js accept-gap",
    );
    this.missing = missing;
  }

  get total(): number {
    return [...this.missing.values()].reduce((sum, n) => sum + n, 0);
  }
}

export interface PartitionState {
  readonly look: PartitionLook;
  /** The position that the database has; `null` for none. */
  readonly stored: string | null;
  readonly resumption: Resumption;
}

export interface OpenedQueue {
  /** The generation that new entries belong to; `null` for a queue whose entries say it themselves. */
  readonly generation: string | null;
  readonly ordinal: number;
  /** Generations that the database had seen before. */
  readonly seen: ReadonlySet<string>;
  readonly partitions: readonly PartitionState[];
}

/**
 * Gets a queue ready to be counted into this database: each generation of the queue has its ordinal, and the newest is the newest of all.
 *
 * @param options `evenIncomplete`: also when ballots are missing.
 * @throws MissingBallots (rejects) when the database lacks ballots that the queue no longer has, of all partitions together.
 */
export async function openCounted(client: pg.ClientBase, reader: QueueReader, options = { evenIncomplete: false }): Promise<OpenedQueue> {
  let after: string | undefined;
  for (;;) {
    const { ids: seen, newest } = await readGenerations(client, reader.kind);
    const generations = await reader.open(newest, after);
    // The queue first: what is removed by then is counted by then.
    const looks = await reader.look();
    const partitions = await checkPartitions(client, reader, looks, seen);
    // A database that lacks ballots must not know the generations that it lacks them of: it would take them for counted.
    if (!options.evenIncomplete) requireComplete(partitions);
    const ordinals = await registerGenerations(client, reader.kind, generations);
    reader.rankBy(ordinals);
    const generation = generations.at(-1)?.id ?? null;
    const ordinal = generation === null ? newest : (ordinals.get(generation) as number);
    const isNewest = ordinal >= Math.max(newest, ...ordinals.values());
    const isOlderCopy = partitions.some(({ resumption }) => resumption.isOlderCopy);
    if (generation === null || (isNewest && !isOlderCopy)) return { generation, ordinal, seen, partitions };
    after = generation;
  }
}

function requireComplete(partitions: readonly PartitionState[]): void {
  const missing = partitions.filter(({ resumption }) => resumption.missing > 0);
  if (missing.length === 0) return;
  throw new MissingBallots(new Map(missing.map(({ look, resumption }) => [look.partition, resumption.missing])));
}

async function checkPartitions(
  client: pg.ClientBase,
  reader: QueueReader,
  looks: readonly PartitionLook[],
  seen: ReadonlySet<string>,
): Promise<readonly PartitionState[]> {
  const stored = new Map((await readPositions(client, reader.kind)).map((one) => [one.partition, one]));
  const states: PartitionState[] = [];
  for (const look of looks) {
    const { partition } = look;
    const counted = stored.get(partition) ?? { partition, position: reader.start, generation: null, entries: 0 };
    states.push({ look, stored: stored.get(partition)?.position ?? null, resumption: await reader.resume({ ...counted, seen }, look) });
  }
  return states;
}
