import { countBallots, endClient, migrate, type QueueReader, readPositions, requireDurablePostgres, setPosition } from "@voting/ballots";
import type pg from "pg";
import type { Logger } from "pino";
import { type Batch, BatchLimit, batchOf, lingerAfter } from "./batch.js";
import type { Clock } from "./clock.js";
import type { WorkerMetrics } from "./metrics.js";
import { MissingBallots, openCounted } from "./opened-queue.js";
import { PartitionClaims } from "./partition-claims.js";

/** How long a read waits for a first ballot; bounds how late a change of claims is noticed. */
const READ_WAIT_MS = 250;

const REBALANCE_MS = 500;

/** A worker that gets no partition for so long has none to get. */
const CLAIM_MS = 2_000;

const TRIM_MS = 1_000;

/** Also when nothing comes: what is kept grows old, and makes room where Redis is full. */
const RETAIN_MS = 5_000;

const ADOPT_MS = 50;

const ADOPT_LIMIT = 1_000;

const LEFTOVERS_MS = 1_000;

const RETRY_MIN_MS = 50;

const RETRY_MAX_MS = 1_000;

/** How long a partition that holds an entry of a newer format is left to workers that can read it. */
const NEWER_FORMAT_MS = 5_000;

/** A worker that is busy with one thing for so long makes no progress. */
const STALLED_MS = 10_000;

/** A database that is silent for so long does not answer any more on this connection: on a dead link nobody would say so for minutes. */
const SILENCE_MS = 30_000;

const WATCH_MS = 1_000;

/** How long a stop waits for the batch that is under way. */
const STOP_MS = 3_000;

export interface CountingLoopDependencies {
  readonly reader: QueueReader;
  /** The queue in the database, where ballots may have been left from when there was no Redis. Default: none beside `reader`. */
  readonly leftovers?: QueueReader;
  /** A new connection to PostgreSQL; `onEnd` is told when it is no more. */
  readonly connect: (onEnd: (reason: Error) => void) => Promise<pg.Client>;
  readonly options: ReadonlySet<string>;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

const AT_ONCE = 100;

/**
 * Moves ballots from the queue to PostgreSQL, for as long as it is not stopped. Whatever fails, it begins anew from the positions
 * that PostgreSQL has, so no failure needs a repair of its own.
 */
export class CountingLoop {
  readonly #dependencies: CountingLoopDependencies;
  readonly #limit = new BatchLimit();
  #stopping = false;
  #finished: Promise<void> = Promise.resolve();
  #client: pg.Client | null = null;
  /** Why it does not count now; `null` when it does. */
  #trouble: string | null = "not connected yet";
  /** When it last came to the end of a round. */
  #progressMs: number;
  /** Partition -> why it stands still, and until when it is left to others. */
  readonly #stopped = new Map<number, { readonly reason: string; readonly untilMs: number }>();

  constructor(dependencies: CountingLoopDependencies) {
    this.#dependencies = dependencies;
    this.#progressMs = dependencies.clock.nowMs();
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Ends after the batch that is under way; one that hangs is left to the next worker, which finds out whether it was written. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const late = setTimeout(() => this.#client?.connection.stream.destroy(), STOP_MS);
    await this.#finished;
    clearTimeout(late);
  }

  /** Throws why it cannot count now. */
  check(): void {
    if (this.#trouble !== null) throw new Error(this.#trouble);
    const [stopped] = this.#stopped.values();
    if (stopped !== undefined) throw new Error(stopped.reason);
    const idleMs = this.#dependencies.clock.nowMs() - this.#progressMs;
    if (idleMs > STALLED_MS)
      throw new Error(`counting stands still for ${Math.round(idleMs / 1000)} s: the database or the queue does not answer`);
  }

  async #run(): Promise<void> {
    const { clock, metrics, log } = this.#dependencies;
    let retryMs = RETRY_MIN_MS;
    while (!this.#stopping) {
      const startedMs = clock.nowMs();
      try {
        await this.#connectAndCount();
      } catch (error) {
        this.#trouble = sentenceOf(error as Error);
        this.#progressMs = clock.nowMs();
        metrics.failures.inc();
        metrics.partitions.set(0);
        metrics.missing.set(error instanceof MissingBallots ? error.total : 0);
        log.warn({ retryMs }, `counting broke off: ${this.#trouble}`);
        if (this.#stopping) return;
        if (clock.nowMs() - startedMs > RETRY_MAX_MS * 5) retryMs = RETRY_MIN_MS;
        await clock.sleep(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #connectAndCount(): Promise<void> {
    const { reader, connect, log, metrics, clock } = this.#dependencies;
    let ended: Error | null = null;
    // Not before the schema is there: that may take its time.
    let endWatch = (): void => undefined;
    const client = await connect((reason) => {
      ended ??= reason;
    });
    this.#client = client;
    try {
      await migrate(client);
      await requireDurablePostgres(client);
      const opened = await openCounted(client, reader);
      metrics.missing.set(0);
      const claims = new PartitionClaims({ client, reader, opened, log });
      await claims.register();
      this.#progressMs = clock.nowMs();
      endWatch = clock.every(WATCH_MS, () => {
        if (clock.nowMs() - this.#progressMs > SILENCE_MS) client.connection.stream.destroy();
      });
      await this.#count(client, claims, () => {
        if (ended) throw ended;
      });
    } finally {
      endWatch();
      this.#client = null;
      await endClient(client);
    }
  }

  async #count(client: pg.Client, claims: PartitionClaims, requireConnection: () => void): Promise<void> {
    const { reader, options, metrics, clock } = this.#dependencies;
    const every = new Intervals(clock);
    const rejects = new RejectList(client, reader);
    const startedMs = clock.nowMs();
    let untrimmed = false;
    while (!this.#stopping) {
      requireConnection();
      if (every.due("rebalance", REBALANCE_MS)) {
        if (await claims.rebalance(this.#avoided())) {
          // What their last owner left undone.
          untrimmed = true;
          rejects.add();
        }
        metrics.partitions.set(claims.positions.size);
      }
      if (every.due("adopt", ADOPT_MS)) await this.#adoptClassic();
      if (every.due("leftovers", LEFTOVERS_MS)) await this.#countLeftovers(client, claims);
      if (claims.positions.size === 0) {
        // Those before it give it its share within two looks; until then it does not count.
        if (clock.nowMs() - startedMs > CLAIM_MS) this.#progressed();
        await clock.sleep(READ_WAIT_MS / 2);
        continue;
      }
      const limit = this.#limit.value;
      const entries = await reader.read(claims.positions, limit, READ_WAIT_MS);
      const batch = batchOf(entries, claims.positions, options, (entry) => claims.isDiscarded(entry));
      if (batch.steps.length > 0) {
        await this.#write(client, reader.kind, claims.generation, batch, entries.length >= limit);
        for (const step of batch.steps) claims.advance(step.partition, step.after, batch.entries.get(step.partition) ?? 0);
        untrimmed = true;
      }
      if (batch.rejected.length > 0) rejects.add();
      await this.#stopBeforeNewer(claims, batch.newer);
      this.#progressed();
      if (every.due("retain", RETAIN_MS)) untrimmed = true;
      if (untrimmed && every.due("trim", TRIM_MS)) {
        await reader.trim(claims.progress);
        untrimmed = false;
      }
      if (every.due("list", TRIM_MS)) await rejects.show();
      const lingerMs = lingerAfter(batch.ballots.length);
      if (lingerMs > 0) await clock.sleep(lingerMs);
    }
    await reader.trim(claims.progress);
    await rejects.show();
  }

  #progressed(): void {
    this.#trouble = null;
    this.#progressMs = this.#dependencies.clock.nowMs();
  }

  /** Partitions that are left to others now. */
  #avoided(): ReadonlySet<number> {
    const nowMs = this.#dependencies.clock.nowMs();
    for (const [partition, { untilMs }] of this.#stopped) if (untilMs <= nowMs) this.#stopped.delete(partition);
    this.#dependencies.metrics.stopped.set(this.#stopped.size);
    return new Set(this.#stopped.keys());
  }

  /** Gives partitions up that only a newer version can go on with. */
  async #stopBeforeNewer(claims: PartitionClaims, newer: ReadonlyMap<number, string>): Promise<void> {
    const { clock, metrics, log } = this.#dependencies;
    for (const [partition, position] of newer) {
      const reason = `partition ${partition} stands still: its entry ${position} has a format of a newer version; deploy the newer worker`;
      log.error({ partition, position }, reason);
      this.#stopped.set(partition, { reason, untilMs: clock.nowMs() + NEWER_FORMAT_MS });
      metrics.stopped.set(this.#stopped.size);
      await claims.release(partition);
    }
  }

  async #write(client: pg.Client, queue: string, generation: string | null, batch: Batch, wasFull: boolean): Promise<void> {
    const { metrics, clock } = this.#dependencies;
    const startedMs = clock.nowMs();
    const numberOf = (counts: ReadonlyMap<number, number>, partition: number): number => counts.get(partition) ?? 0;
    const steps = batch.steps.map((step) => ({
      ...step,
      generation,
      entries: numberOf(batch.entries, step.partition),
      discarded: numberOf(batch.discarded, step.partition),
    }));
    const rejects = batch.rejected.map(({ place, raw, reason }) => ({
      place: `${queue} ${place}`,
      entry: JSON.stringify({ raw, reason }),
    }));
    const counted = await countBallots(client, queue, steps, batch.ballots, { ranks: batch.ranks, aliases: batch.aliases, rejects });
    const committedMs = clock.nowMs();
    this.#limit.learn(committedMs - startedMs, wasFull);
    metrics.rejected.inc(batch.rejected.length);
    metrics.counted.inc(counted);
    metrics.repeated.inc(batch.ballots.length - counted);
    metrics.batchSize.observe(batch.ballots.length);
    metrics.batchSeconds.observe((committedMs - startedMs) / 1000);
    for (const ballot of batch.ballots) {
      metrics.acceptToPersistSeconds.observe(Math.max(0, committedMs - ballot.acceptedAtMs) / 1000);
    }
  }

  /** Counts what was left in the database's own queue, for the partitions that this worker holds. */
  async #countLeftovers(client: pg.Client, claims: PartitionClaims): Promise<void> {
    const { leftovers: reader, options } = this.#dependencies;
    if (reader === undefined) return;
    const looks = (await reader.look()).filter(({ partition, last }) => last !== "" && claims.positions.has(partition));
    if (looks.length === 0) return;
    const stored = new Map((await readPositions(client, reader.kind)).map((one) => [one.partition, one]));
    const positions = new Map<number, string>();
    for (const look of looks) {
      const { partition } = look;
      const counted = stored.get(partition) ?? { partition, position: reader.start, generation: null, entries: null };
      const { position } = await reader.resume({ ...counted, seen: new Set() }, look);
      const before = stored.get(partition)?.position ?? null;
      if (position !== before) await setPosition(client, reader.kind, { ...counted, position }, before);
      positions.set(partition, position);
    }
    const batch = batchOf(await reader.read(positions, ADOPT_LIMIT, 0), positions, options);
    if (batch.steps.length > 0) await this.#write(client, reader.kind, null, batch, false);
    await this.#stopBeforeNewer(claims, batch.newer);
    for (const { partition, after } of batch.steps) positions.set(partition, after);
    await reader.trim(new Map([...positions].map(([partition, position]) => [partition, { position, entries: null }])));
  }

  async #adoptClassic(): Promise<void> {
    let adopted: number;
    do {
      adopted = await this.#dependencies.reader.adoptClassic(ADOPT_LIMIT);
      this.#dependencies.metrics.adopted.inc(adopted);
    } while (adopted === ADOPT_LIMIT);
  }
}

/** PostgreSQL's word for a lock that lasts too long says nothing of what to do. */
function sentenceOf(error: Error): string {
  const { code } = error as { code?: string };
  if (code === "55P03") return "somebody else holds a lock on the tables for more than 5 s: pg_stat_activity and pg_locks tell who";
  return error.message || error.name;
}

/** Tells when something is due again. */
class Intervals {
  readonly #clock: Clock;
  readonly #last = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  due(name: string, intervalMs: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - (this.#last.get(name) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    this.#last.set(name, nowMs);
    return true;
  }
}

/**
 * What was put aside is in the table `rejected`, written with the batch. From there it is shown in the queue's own list, where an operator of
 * Redis looks: at least once, and as soon as the queue has room for it. Counting never waits for that.
 */
class RejectList {
  readonly #client: pg.ClientBase;
  readonly #reader: QueueReader;
  /** Another worker may have died before it had shown all. */
  #mayHaveMore = true;

  constructor(client: pg.ClientBase, reader: QueueReader) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Something was put aside. */
  add(): void {
    this.#mayHaveMore = true;
  }

  async show(): Promise<void> {
    if (!this.#mayHaveMore) return;
    const { rows } = await this.#client.query<{ place: string; entry: string }>(
      "SELECT place, entry::text AS entry FROM rejected WHERE NOT listed ORDER BY at LIMIT $1",
      [AT_ONCE],
    );
    this.#mayHaveMore = rows.length === AT_ONCE;
    if (rows.length === 0) return;
    try {
      await this.#reader.list(rows.map(({ entry }) => entry));
    } catch (error) {
      if (!(error as Error).message.startsWith("OOM")) throw error;
      this.#mayHaveMore = true;
      return;
    }
    await this.#client.query("UPDATE rejected SET listed = TRUE WHERE place = ANY ($1)", [rows.map(({ place }) => place)]);
  }
}
