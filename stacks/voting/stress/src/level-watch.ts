import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.js";
import { type Levels, readLevels, readPersisted } from "./levels.js";
import { Series } from "./series.js";
import type { StackClient } from "./stack-client.js";

/** Pause between two looks at the ledger: this and the look itself are how fine the times to persist are. */
const PAUSE_MS = 20;
/** Of so many looks one is at all levels: it costs the stack more, and during the load it is for the display only. */
const LOOKS_FOR_ALL = 3;

/** Looks at a stack's levels again and again, one look at a time. What cannot be read now is read later. */
export class LevelWatch {
  readonly persisted = new Series();
  readonly queued = new Series();
  readonly #client: StackClient;
  readonly #before: Levels;
  readonly #stopping = new AbortController();
  #finished: Promise<void> = Promise.resolve();

  constructor(client: StackClient, before: Levels) {
    this.#client = client;
    this.#before = before;
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Resolves after the look that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#finished;
  }

  /** Reads all levels now; only while it is stopped. */
  async look(): Promise<Levels> {
    const levels = await readLevels(this.#client);
    const atMs = performance.now();
    this.queued.add(atMs, levels.queued - this.#before.queued);
    this.persisted.add(atMs, levels.persisted - this.#before.persisted);
    return levels;
  }

  async #lookAtLedger(): Promise<void> {
    const persisted = await readPersisted(this.#client);
    this.persisted.add(performance.now(), persisted - this.#before.persisted);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let turn = 0; !signal.aborted; turn++) {
      try {
        if (turn % LOOKS_FOR_ALL === 0) await this.look();
        else await this.#lookAtLedger();
      } catch (error) {
        // A service that is down shows in the gap between two looks, and to those who wait for the levels.
        if (!(error instanceof Failure)) throw error;
      }
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
