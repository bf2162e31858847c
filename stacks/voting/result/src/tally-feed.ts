import { setTimeout as sleep } from "node:timers/promises";
import { connectClient, endClient, migrate, Notice } from "@voting/ballots";
import type pg from "pg";
import type { Logger } from "pino";
import type { Reading, ResultReader, Results } from "./result-reader.js";

/** At most this often, however fast votes arrive. */
const PUSH_INTERVAL_MS = 200;
/** At least this often: a lost notice shows late, never never, and viewers see that the page is alive. */
const HEARTBEAT_MS = 2_000;
/** So many heartbeats without a read make the results stale. */
const STALE_HEARTBEATS = 3;
const RECONNECT_MS = 500;
/** Each of its steps has a limit of some seconds: what has not come round in this time never will. */
const STUCK_MS = 60_000;

export interface TallyFeedDependencies {
  readonly reader: ResultReader;
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly onPublish: (results: Results) => void;
  /** Default: 2,000 */
  readonly heartbeatMs?: number;
}

/** Publishes the results when the database says that they changed (NOTIFY tallies), joined to a few pushes a second. */
export class TallyFeed {
  readonly #dependencies: TallyFeedDependencies;
  readonly #heartbeatMs: number;
  #latest: (Reading & { readonly atMs: number }) | null = null;
  #cameRoundAtMs = performance.now();
  #stopping = false;
  #finished: Promise<unknown> = Promise.resolve();
  #listener: pg.Client | null = null;
  readonly #change = new Notice();
  /** The tables are there; before that there is nothing to read. */
  #readable = false;

  constructor(dependencies: TallyFeedDependencies) {
    this.#dependencies = dependencies;
    this.#heartbeatMs = dependencies.heartbeatMs ?? HEARTBEAT_MS;
  }

  /** What viewers see now; `null` before the first read. */
  get latest(): Reading | null {
    return this.#latest;
  }

  /** Throws when viewers do not see fresh results. */
  check(): void {
    if (this.#latest === null) throw new Error("no results were read yet");
    const ageMs = performance.now() - this.#latest.atMs;
    if (ageMs > STALE_HEARTBEATS * this.#heartbeatMs) throw new Error(`the results are ${Math.round(ageMs / 1000)} s old`);
  }

  /** Throws when it is stuck, whatever the database does. */
  checkLive(): void {
    const ageMs = performance.now() - this.#cameRoundAtMs;
    if (ageMs > STUCK_MS) throw new Error(`the results were not looked at for ${Math.round(ageMs / 1000)} s`);
  }

  start(): void {
    this.#finished = Promise.all([this.#listen(), this.#publish()]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#change.tell();
    if (this.#listener !== null) await endClient(this.#listener);
    await this.#finished;
  }

  async #listen(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#listenOnce();
      } catch (error) {
        if (!this.#stopping) this.#dependencies.log.warn(`cannot listen for changes: ${(error as Error).message}`);
      }
      if (!this.#stopping) await sleep(RECONNECT_MS);
    }
  }

  /** Ends when the connection does. */
  async #listenOnce(): Promise<void> {
    let end: (reason: Error) => void = () => undefined;
    const ended = new Promise<Error>((resolve) => {
      end = resolve;
    });
    const client = await connectClient(this.#dependencies.databaseUrl, end);
    this.#listener = client;
    try {
      // A stop while it was connecting found nothing to end.
      if (this.#stopping) return;
      await migrate(client);
      this.#readable = true;
      client.on("notification", () => this.#change.tell());
      await client.query("LISTEN tallies");
      this.#change.tell(); // What happened while nobody listened.
      const reason = await ended;
      if (!this.#stopping) this.#dependencies.log.warn(reason.message);
    } finally {
      this.#listener = null;
      await endClient(client);
    }
  }

  async #publish(): Promise<void> {
    while (!this.#stopping) {
      this.#cameRoundAtMs = performance.now();
      this.#change.forget();
      if (this.#readable) await this.#publishOnce();
      if (this.#readable) await sleep(PUSH_INTERVAL_MS);
      await this.#change.wait(this.#heartbeatMs - PUSH_INTERVAL_MS);
    }
  }

  async #publishOnce(): Promise<void> {
    try {
      const reading = await this.#dependencies.reader.read();
      this.#latest = { ...reading, atMs: performance.now() };
      this.#dependencies.onPublish(reading.results);
    } catch (error) {
      this.#dependencies.log.warn(`cannot read the results: ${(error as Error).message}`);
    }
  }
}
