import { PARTITIONS, type Progress, QueueChanged, type QueueEntry, type QueueReader, readPositions, setPosition } from "@voting/ballots";
import type pg from "pg";
import type { Logger } from "pino";
import { MissingBallots, type OpenedQueue } from "./opened-queue.js";

/** Key spaces of PostgreSQL's advisory locks: one lock for each partition, one for each living worker. */
export const PARTITION_LOCK = 7301;
const WORKER_LOCK = 7302;

interface Discard {
  readonly partition: number;
  readonly after: string;
  readonly upto: string;
}

export interface PartitionClaimsDependencies {
  readonly client: pg.ClientBase;
  readonly reader: QueueReader;
  readonly opened: OpenedQueue;
  readonly log: Logger;
}

/**
 * Which partitions this worker counts. A partition is claimed with an advisory lock of the worker's own connection, so a worker
 * that dies or is cut off loses its claims with the connection, and the connection that writes is the one that holds the claim.
 * Workers share evenly: each holds at most its fair part of the partitions.
 */
export class PartitionClaims {
  /** Partition -> position up to which it is counted. */
  readonly positions = new Map<number, string>();
  readonly #entries = new Map<number, number | null>();
  /** What an operator chose not to count. */
  #discards: readonly Discard[] = [];
  readonly #dependencies: PartitionClaimsDependencies;

  constructor(dependencies: PartitionClaimsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The generation that the positions belong to. */
  get generation(): string | null {
    return this.#dependencies.opened.generation;
  }

  /** How far each claimed partition is counted. */
  get progress(): ReadonlyMap<number, Progress> {
    return new Map(
      [...this.positions].map(([partition, position]) => [partition, { position, entries: this.#entries.get(partition) ?? null }]),
    );
  }

  /** Takes note of what a batch has counted. */
  advance(partition: number, position: string, entries: number): void {
    this.positions.set(partition, position);
    const before = this.#entries.get(partition) ?? null;
    this.#entries.set(partition, before === null ? null : before + entries);
  }

  isDiscarded({ partition, position }: QueueEntry): boolean {
    if (this.#discards.length === 0) return false;
    const { reader } = this.#dependencies;
    return this.#discards.some((one) => one.partition === partition && reader.isBetween(position, one.after, one.upto));
  }

  /** Makes this worker known to the others, until its connection ends. */
  async register(): Promise<void> {
    const { rows } = await this.#dependencies.client.query<Discard>(
      "SELECT partition, after, upto FROM accepted_gaps WHERE queue = $1 AND discarded > 0",
      [this.#dependencies.reader.kind],
    );
    this.#discards = rows;
    await this.#dependencies.client.query("SELECT pg_advisory_lock_shared($1, pg_backend_pid())", [WORKER_LOCK]);
  }

  /**
   * Gives up what exceeds the fair share and claims what is free below it. Returns whether it claimed any: what their last owner
   * counted may not be trimmed yet.
   *
   * @param avoided Partitions that are not to be claimed now.
   */
  async rebalance(avoided: ReadonlySet<number>): Promise<boolean> {
    const { client } = this.#dependencies;
    const { rows } = await client.query<{ workers: number; newest: string }>(
      `SELECT COUNT(*)::int AS workers, (SELECT COALESCE(MAX(ordinal), 0) FROM generations) AS newest FROM pg_locks
        WHERE locktype = 'advisory' AND classid = $1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [WORKER_LOCK],
    );
    await this.#requireUnmoved();
    // Ballots that came by another queue since: what comes by this one now is newer.
    if (this.generation !== null && Number(rows[0]?.newest) > this.#dependencies.opened.ordinal) throw new QueueChanged();
    const fairShare = Math.ceil(PARTITIONS / Math.max(1, rows[0]?.workers ?? 1));
    for (const partition of [...this.positions.keys()].slice(fairShare)) await this.release(partition);
    const kept = this.positions.size;
    for (let partition = 0; partition < PARTITIONS && this.positions.size < fairShare; partition++) {
      if (!this.positions.has(partition) && !avoided.has(partition)) await this.#claim(partition);
    }
    return this.positions.size > kept;
  }

  /** A database that was restored from a backup has other positions than those that this worker left, also when no ballot comes to tell. */
  async #requireUnmoved(): Promise<void> {
    if (this.positions.size === 0) return;
    const { client, reader } = this.#dependencies;
    const stored = new Map((await readPositions(client, reader.kind)).map((one) => [one.partition, one.position]));
    for (const [partition, position] of this.positions) {
      if (stored.get(partition) !== position) {
        throw new Error(
          `partition ${partition} is counted up to ${stored.get(partition) ?? "nothing"} in the database, and not up to ${position}: it was restored, or another worker counts it`,
        );
      }
    }
  }

  async #claim(partition: number): Promise<void> {
    const { client, reader, opened, log } = this.#dependencies;
    const { rows } = await client.query<{ claimed: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS claimed", [
      PARTITION_LOCK,
      partition,
    ]);
    if (!rows[0]?.claimed) return;
    const look = (await reader.look())[partition];
    if (look === undefined) throw new Error(`the queue has no partition ${partition}`);
    const stored = (await readPositions(client, reader.kind)).find((one) => one.partition === partition);
    const counted = stored ?? { partition, position: reader.start, generation: null, entries: 0 };
    const resumed = await reader.resume({ ...counted, seen: opened.seen }, look);
    if (resumed.missing > 0) throw new MissingBallots(new Map([[partition, resumed.missing]]));
    if (resumed.isOlderCopy) throw new QueueChanged();
    const { position, entries, generation } = resumed;
    if (position !== counted.position) {
      log.warn(
        { partition, position: counted.position },
        "the queue is not the one that was counted up to here; reading it from its start",
      );
    }
    if (stored === undefined || position !== stored.position || generation !== stored.generation || entries !== stored.entries) {
      await setPosition(client, reader.kind, { partition, position, generation, entries }, stored?.position ?? null);
    }
    this.positions.set(partition, position);
    this.#entries.set(partition, entries);
  }

  /** Leaves a partition to whoever claims it. */
  async release(partition: number): Promise<void> {
    this.positions.delete(partition);
    await this.#dependencies.client.query("SELECT pg_advisory_unlock($1, $2)", [PARTITION_LOCK, partition]);
  }
}
