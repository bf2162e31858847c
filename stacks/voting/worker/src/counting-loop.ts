import { countBallots, endClient, migrate, type QueueReader } from "@voting/ballots";
import type pg from "pg";
import type { Logger } from "pino";
import { type Batch, batchOf } from "./batch.js";
import { BatchLimit, lingerAfter } from "./batch-limit.js";
import type { Clock } from "./clock.js";
import { Intervals } from "./intervals.js";
import type { WorkerMetrics } from "./metrics.js";
import { PartitionClaims } from "./partition-claims.js";

/** How long a read waits for a first ballot; bounds how late a change of claims is noticed. */
const READ_WAIT_MS = 250;
const REBALANCE_MS = 500;
const TRIM_MS = 1_000;
const ADOPT_MS = 50;
const ADOPT_LIMIT = 1_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

export interface CountingLoopParts {
  readonly reader: QueueReader;
  /** A new connection to PostgreSQL; `onEnd` is told when it is no more. */
  readonly connect: (onEnd: (reason: Error) => void) => Promise<pg.Client>;
  readonly options: ReadonlySet<string>;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Moves ballots from the queue to PostgreSQL, for as long as it is not stopped. Whatever fails, it begins anew from the positions
 * that PostgreSQL has, so no failure needs a repair of its own.
 */
export class CountingLoop {
  readonly #parts: CountingLoopParts;
  readonly #limit = new BatchLimit();
  #stopping = false;
  #finished: Promise<void> = Promise.resolve();
  /** Why it does not count now; `null` when it does. */
  #trouble: string | null = "not connected yet";

  constructor(parts: CountingLoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Ends after the batch that is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#finished;
  }

  /** Throws why it cannot count now. */
  check(): void {
    if (this.#trouble !== null) throw new Error(this.#trouble);
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    let retryMs = RETRY_MIN_MS;
    while (!this.#stopping) {
      const startedMs = clock.nowMs();
      try {
        await this.#connectAndCount();
      } catch (error) {
        this.#trouble = (error as Error).message || (error as Error).name;
        this.#parts.metrics.failures.inc();
        this.#parts.metrics.partitions.set(0);
        this.#parts.log.warn({ retryMs }, `counting broke off: ${this.#trouble}`);
        if (clock.nowMs() - startedMs > RETRY_MAX_MS * 5) retryMs = RETRY_MIN_MS;
        await clock.sleep(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #connectAndCount(): Promise<void> {
    let ended: Error | null = null;
    const client = await this.#parts.connect((reason) => {
      ended ??= reason;
    });
    try {
      await migrate(client);
      const claims = new PartitionClaims(client, this.#parts.reader, this.#parts.log);
      await claims.register();
      await this.#count(client, claims, () => {
        if (ended) throw ended;
      });
    } finally {
      await endClient(client);
    }
  }

  async #count(client: pg.Client, claims: PartitionClaims, requireConnection: () => void): Promise<void> {
    const { reader, options, metrics, clock } = this.#parts;
    const every = new Intervals(clock);
    let untrimmed = false;
    while (!this.#stopping) {
      requireConnection();
      if (every.due("rebalance", REBALANCE_MS)) {
        if (await claims.rebalance()) untrimmed = true;
        metrics.partitions.set(claims.positions.size);
        this.#trouble = null;
      }
      if (every.due("adopt", ADOPT_MS)) await this.#adoptClassic();
      if (claims.positions.size === 0) {
        await clock.sleep(READ_WAIT_MS / 2);
        continue;
      }
      const limit = this.#limit.value;
      const entries = await reader.read(claims.positions, limit, READ_WAIT_MS);
      const batch = batchOf(entries, claims.positions, options);
      if (batch.steps.length > 0) {
        await this.#write(client, batch, entries.length >= limit);
        for (const step of batch.steps) claims.positions.set(step.partition, step.after);
        untrimmed = true;
      }
      if (untrimmed && every.due("trim", TRIM_MS)) {
        await reader.trim(claims.positions);
        untrimmed = false;
      }
      const lingerMs = lingerAfter(batch.ballots.length);
      if (lingerMs > 0) await clock.sleep(lingerMs);
    }
    await reader.trim(claims.positions);
  }

  async #write(client: pg.Client, batch: Batch, wasFull: boolean): Promise<void> {
    const { reader, metrics, clock } = this.#parts;
    for (const entry of batch.rejected) await reader.setAside(entry);
    metrics.rejected.inc(batch.rejected.length);
    const startedMs = clock.nowMs();
    const counted = await countBallots(client, reader.kind, batch.steps, batch.ballots);
    const committedMs = clock.nowMs();
    this.#limit.learn(committedMs - startedMs, wasFull);
    metrics.counted.inc(counted);
    metrics.repeated.inc(batch.ballots.length - counted);
    metrics.batchSize.observe(batch.ballots.length);
    metrics.batchSeconds.observe((committedMs - startedMs) / 1000);
    for (const ballot of batch.ballots) {
      metrics.acceptToPersistSeconds.observe(Math.max(0, committedMs - ballot.acceptedAtMs) / 1000);
    }
  }

  async #adoptClassic(): Promise<void> {
    let adopted: number;
    do {
      adopted = await this.#parts.reader.adoptClassic(ADOPT_LIMIT);
      this.#parts.metrics.adopted.inc(adopted);
    } while (adopted === ADOPT_LIMIT);
  }
}
