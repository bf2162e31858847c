import { setImmediate as untilSent } from "node:timers/promises";
import { connectClient, type QueueReader } from "@voting/ballots";
import type pg from "pg";
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Clock } from "../../src/clock.js";
import { CountingLoop } from "../../src/counting-loop.js";
import { createMetrics, type WorkerMetrics } from "../../src/metrics.js";

/**
 * What becomes of an effect. A crash ends the process with all it knew; a failure breaks the connection and the process goes on.
 * "under way": the effect was sent and nobody waits for it, so it may happen later than what comes next.
 */
export interface Fault {
  readonly kind: "crash" | "failure";
  readonly when: "before" | "under way" | "after";
}

export interface SteppedWorkerDependencies {
  readonly reader: QueueReader;
  readonly databaseUrl: string;
  readonly options: ReadonlySet<string>;
}

/** So few that a test with some ballots has many batches, and partitions that are read in parts. */
const ENTRIES_A_READ = 3;
/** What an effect takes on the worker's clock: a claim is looked over each 20 effects, the classic list each 2. */
const EFFECT_MS = 25;

const ignore = (): void => undefined;

interface Gate {
  readonly effect: string;
  open(fault: Fault | null): void;
}

/**
 * A worker, the real counting loop, that stops before each of its effects on the world (a call of the queue reader, a query) until
 * the test lets it go on. It has a clock of its own, so its pauses take no time.
 */
export class SteppedWorker {
  /** How often it connected to PostgreSQL: more than once when something went wrong. */
  connects = 0;
  readonly #loop: CountingLoop;
  readonly #reader: QueueReader;
  readonly #metrics: WorkerMetrics;
  readonly #ended: Promise<void>;
  #closed: Promise<void> = Promise.resolve();
  #end: () => void = ignore;
  #arrive: (gate: Gate) => void = ignore;
  #gate: Promise<Gate>;
  #over = false;
  readonly #clients: pg.Client[] = [];
  #preparing = false;
  #queueLost = false;
  #nowMs = 0;

  constructor({ reader, databaseUrl, options }: SteppedWorkerDependencies) {
    this.#reader = reader;
    this.#ended = new Promise((resolve) => {
      this.#end = () => {
        this.#over = true;
        resolve();
      };
    });
    this.#gate = this.#nextGate();
    this.#metrics = createMetrics(new Registry(), reader, ignore);
    this.#loop = new CountingLoop({
      reader: this.#gatedReader(),
      connect: (onEnd) => this.#connect(databaseUrl, onEnd),
      options,
      metrics: this.#metrics,
      log: pino({ level: "silent" }),
      clock: this.#clock,
    });
    this.#loop.start();
  }

  /** Whether it crashed or was stopped. */
  get over(): boolean {
    return this.#over;
  }

  /** Resolves when its connections to the queue are closed, once it is over. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Whether it brings the schema up: others wait for it then, so it must not be held up for long. */
  get preparing(): boolean {
    return this.#preparing && !this.#over;
  }

  /** How many partitions it believes to hold. */
  async partitions(): Promise<number> {
    return (await this.#metrics.partitions.get()).values[0]?.value ?? 0;
  }

  /** Lets it do the effect it stands before, and returns which; it stands before the next one by then, or is no more. */
  async step(fault: Fault | null = null): Promise<string> {
    const gate = await this.#gate;
    this.#gate = this.#nextGate();
    gate.open(fault);
    await Promise.race([this.#gate, this.#ended]);
    return gate.effect;
  }

  /** The effect that it stands before. */
  async next(): Promise<string> {
    return (await this.#gate).effect;
  }

  /** Ends it where it stands. */
  crash(): void {
    if (!this.#over) this.#close();
  }

  /** Asks it to end, as a deployment does; it has some steps to do yet. */
  stop(): void {
    void this.#loop.stop().then(() => this.#close());
  }

  /** Takes its claims from it without a word, as nothing should: what it does from now on, only the fence can stop. */
  async loseClaims(): Promise<void> {
    if (this.#over) return;
    await this.#gate;
    await this.#clients.at(-1)?.query("SELECT pg_advisory_unlock_all()").catch(ignore);
  }

  /** Breaks its connections to the queue, which it learns when it uses them next. */
  loseQueue(): void {
    this.#queueLost = true;
  }

  readonly #clock: Clock = {
    nowMs: () => this.#nowMs,
    sleep: async (ms) => {
      this.#nowMs += ms;
    },
    // A database that is silent has a test of its own: here each effect ends.
    every: () => ignore,
  };

  #nextGate(): Promise<Gate> {
    return new Promise((resolve) => {
      this.#arrive = resolve;
    });
  }

  async #perform<T>(effect: string, act: () => Promise<T>, breakConnection: () => void = ignore): Promise<T> {
    const fault = await new Promise<Fault | null>((open) => this.#arrive({ effect, open }));
    this.#nowMs += EFFECT_MS;
    if (fault === null) return act();
    if (fault.when !== "before") {
      const acting = new Promise((resolve) => resolve(act())).catch(ignore);
      await (fault.when === "after" ? acting : untilSent());
    }
    if (fault.kind === "failure") {
      breakConnection();
      throw new Error(`the test broke the connection of: ${effect}`);
    }
    this.#close();
    return new Promise(ignore); // Nothing of a dead process goes on.
  }

  #close(): void {
    this.#end();
    for (const client of this.#clients) client.connection.stream.destroy();
    this.#closed = this.#reader.close().catch(ignore);
  }

  #connect(databaseUrl: string, onEnd: (reason: Error) => void): Promise<pg.Client> {
    return this.#perform("connect", async () => {
      this.connects++;
      const client = await connectClient(databaseUrl, onEnd);
      this.#clients.push(client);
      if (this.#over) client.connection.stream.destroy();
      this.#preparing = true;
      return new Proxy(client, { get: (_, name) => this.#gatedMember(client, name) });
    });
  }

  #gatedMember(client: pg.Client, name: string | symbol): unknown {
    const breakConnection = (): void => {
      client.connection.stream.destroy();
    };
    if (name === "end") return () => this.#perform("end", () => client.end(), breakConnection);
    if (name !== "query") return Reflect.get(client, name);
    return (query: string | { readonly name: string }, values?: unknown[]) => {
      const effect = typeof query === "string" ? (query.trim().split("\n", 1)[0] as string) : query.name;
      if (effect.includes("pg_advisory_lock_shared")) this.#preparing = false;
      return this.#perform(effect, () => client.query(query as string, values), breakConnection);
    };
  }

  #gatedReader(): QueueReader {
    const reader = this.#reader;
    const perform = <T>(effect: string, act: () => Promise<T>): Promise<T> =>
      this.#perform(effect, () => {
        if (!this.#queueLost) return act();
        this.#queueLost = false;
        throw new Error("the connection to the queue is lost");
      });
    return {
      kind: reader.kind,
      start: reader.start,
      read: (positions, limit, waitMs) =>
        perform("read", async () => {
          const entries = await reader.read(positions, Math.min(limit, ENTRIES_A_READ), 1);
          if (entries.length === 0) this.#nowMs += waitMs;
          return entries;
        }),
      open: (newest, after) => perform("open", () => reader.open(newest, after)),
      rankBy: (ordinals) => reader.rankBy(ordinals),
      look: () => perform("look", () => reader.look()),
      resume: (counted, look) => perform("resume", () => reader.resume(counted, look)),
      trim: (counted) => perform("trim", () => reader.trim(counted)),
      adoptClassic: (limit) => perform("adopt", () => reader.adoptClassic(limit)),
      list: (rejected) => perform("list", () => reader.list(rejected)),
      since: (partition, position, afterMs) => reader.since(partition, position, afterMs),
      isBetween: (position, after, upto) => reader.isBetween(position, after, upto),
      totals: () => reader.totals(),
      close: () => reader.close(),
    };
  }
}
