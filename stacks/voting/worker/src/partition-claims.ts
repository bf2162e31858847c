import { loadPosition, PARTITIONS, type QueueReader, resetPosition } from "@voting/ballots";
import type pg from "pg";
import type { Logger } from "pino";

/** Key spaces of PostgreSQL's advisory locks: one lock for each partition, one for each living worker. */
const PARTITION_LOCK = 7301;
const WORKER_LOCK = 7302;

/**
 * Which partitions this worker counts. A partition is claimed with an advisory lock of the worker's own connection, so a worker
 * that dies or is cut off loses its claims with the connection, and the connection that writes is the one that holds the claim.
 * Workers share evenly: each holds at most its fair part of the partitions.
 */
export class PartitionClaims {
  /** Partition -> position up to which it is counted. */
  readonly positions = new Map<number, string>();
  readonly #client: pg.ClientBase;
  readonly #reader: QueueReader;
  readonly #log: Logger;

  constructor(client: pg.ClientBase, reader: QueueReader, log: Logger) {
    this.#client = client;
    this.#reader = reader;
    this.#log = log;
  }

  /** Makes this worker known to the others, until its connection ends. */
  async register(): Promise<void> {
    await this.#client.query("SELECT pg_advisory_lock_shared($1, pg_backend_pid())", [WORKER_LOCK]);
  }

  /**
   * Gives up what exceeds the fair share and claims what is free below it. Returns whether it claimed any: what their last owner
   * counted may not be trimmed yet.
   */
  async rebalance(): Promise<boolean> {
    const { rows } = await this.#client.query<{ workers: number }>(
      "SELECT COUNT(*)::int AS workers FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      [WORKER_LOCK],
    );
    const fairShare = Math.ceil(PARTITIONS / Math.max(1, rows[0]?.workers ?? 1));
    for (const partition of [...this.positions.keys()].slice(fairShare)) await this.#release(partition);
    const kept = this.positions.size;
    for (let partition = 0; partition < PARTITIONS && this.positions.size < fairShare; partition++) {
      if (!this.positions.has(partition)) await this.#claim(partition);
    }
    return this.positions.size > kept;
  }

  async #claim(partition: number): Promise<void> {
    const { rows } = await this.#client.query<{ claimed: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS claimed", [
      PARTITION_LOCK,
      partition,
    ]);
    if (!rows[0]?.claimed) return;
    const { kind, start } = this.#reader;
    const position = await loadPosition(this.#client, kind, partition, start);
    const resumed = await this.#reader.resume(partition, position);
    if (resumed !== position) {
      this.#log.warn({ partition, position }, "the queue is older than what is counted of it; reading it from its start");
      await resetPosition(this.#client, kind, partition, resumed);
    }
    this.positions.set(partition, resumed);
  }

  async #release(partition: number): Promise<void> {
    this.positions.delete(partition);
    await this.#client.query("SELECT pg_advisory_unlock($1, $2)", [PARTITION_LOCK, partition]);
  }
}
