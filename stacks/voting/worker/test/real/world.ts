import assert from "node:assert/strict";
import { until } from "@groundplan/testing";
import { type Ballot, lookUpBallot, openPool, openReader, orderedUuid, PARTITIONS, type QueueEntry } from "@voting/ballots";
import type pg from "pg";
import { Arrivals, type Vote } from "./arrivals.js";
import { History } from "./history.js";
import type { QueueUnderTest } from "./queue-under-test.js";
import { readTables } from "./read-tables.js";
import { type Fault, SteppedWorker } from "./stepped-worker.js";

const OPTIONS: ReadonlySet<string> = new Set(["a", "b"]);
/** On a busy machine a server takes its time to see that a client is dead, and to let go of what it held. */
const DRAIN_LIMIT_MS = 120_000;
/** What a receipt says, in the only order it may. */
const STATES = [null, "counted", "superseded"] as const;
/** A worker looks over its claims, and trims, many times meanwhile. */
const MOST_ROUNDS = 200;
/** From a start to the first batch, if there is one. */
const STEPS_TO_A_COUNT = 60;
/** So that what a worker has trimmed is gone, and a queue that is drained is empty. */
const NONE_KEPT = { ms: 0, ballots: 0 };
const WORKER_NAME = "worker-under-test";

const ignore = (): void => undefined;

/** Voters, a real queue, some workers, a real database, and the model that says what must be in it. */
export class World {
  readonly #queue: QueueUnderTest;
  readonly #databaseUrl: string;
  readonly #client: pg.Client;
  readonly #pool: pg.Pool;
  readonly #workers = new Map<number, SteppedWorker>();
  #history = new History(OPTIONS);
  #arrivals = new Arrivals();
  readonly #states = new Map<string, number>();
  #restore: (() => Promise<void>) | null = null;

  constructor(queue: QueueUnderTest, databaseUrl: string, client: pg.Client) {
    this.#queue = queue;
    this.#databaseUrl = databaseUrl;
    this.#client = client;
    this.#pool = openPool(databaseUrl, ignore);
  }

  /** Ends what runs and forgets what was; the schema stays. */
  async clear(): Promise<void> {
    const dead = [...this.#workers.values()];
    for (const worker of dead) worker.crash();
    this.#workers.clear();
    // What a dead worker has under way must not happen in the next run.
    await until("the dead workers are gone", async () => {
      const { rowCount } = await this.#client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [
        WORKER_NAME,
      ]);
      return rowCount === 0;
    });
    await Promise.all(dead.map(({ closed }) => closed));
    await this.#queue.clear();
    await this.#client.query(
      "DELETE FROM votes; DELETE FROM tallies; DELETE FROM ballots; DELETE FROM positions; DELETE FROM generations; DELETE FROM rejected",
    );
    this.#history = new History(OPTIONS);
    this.#arrivals = new Arrivals();
    this.#states.clear();
    this.#restore = null;
  }

  /** A database on which no service was ever started. */
  async dropSchema(): Promise<void> {
    await this.#client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

  async close(): Promise<void> {
    for (const worker of this.#workers.values()) worker.crash();
    await Promise.all([...this.#workers.values()].map(({ closed }) => closed));
    await this.#pool.end();
    await this.#queue.close();
  }

  async cast(votes: readonly Vote[]): Promise<void> {
    const before = this.#arrivals.cast.length;
    await this.#enqueue(votes.map((vote, index) => ({ ...vote, id: orderedUuid(), acceptedAtMs: before + index })));
  }

  /** A voter whose answer got lost tries again, maybe with another option: the first try is the one that counts. */
  async retry(index: number, option: string): Promise<void> {
    const { cast } = this.#arrivals;
    const ballot = cast[index % Math.max(1, cast.length)];
    // Of a ballot that the queue has lost, nobody can say whether a worker still had the first try.
    if (ballot !== undefined && !this.#history.isLost(ballot.id)) await this.#enqueue([{ ...ballot, option }]);
  }

  async #enqueue(ballots: readonly Ballot[]): Promise<void> {
    await this.#queue.queue.enqueue(ballots);
    this.#arrivals.cast.push(...ballots);
    await this.#look();
  }

  async castClassic(vote: Vote): Promise<void> {
    const taken = await this.#queue.pushClassic(JSON.stringify({ voter_id: vote.voter, vote: vote.option }));
    if (taken) this.#arrivals.classic.push(vote);
  }

  /** A text that is no vote, by the way that classic votes come. */
  async castRubbish(text: string): Promise<void> {
    if (await this.#queue.pushClassic(text)) this.#arrivals.rubbish.push(text);
  }

  async copyQueue(): Promise<void> {
    this.#restore = await this.#queue.copy();
  }

  async restoreQueue(): Promise<void> {
    await this.#restore?.();
    if (this.#restore !== null) await this.#tear();
  }

  async emptyQueue(): Promise<void> {
    await this.#queue.empty();
    await this.#tear();
  }

  setQueueClockAhead(): Promise<void> {
    return this.#queue.setClockAhead();
  }

  async #tear(): Promise<void> {
    // Another queue is another server, or the same one after a restart.
    for (const worker of this.#workers.values()) worker.loseQueue();
    this.#history.tear(await this.#queue.entries(), await readTables(this.#client));
  }

  /** Where workers are. */
  get places(): readonly number[] {
    return [...this.#workers].filter(([, worker]) => !worker.over).map(([place]) => place);
  }

  /** The worker at a place; a new one where there is none, or none any more. */
  worker(place: number): SteppedWorker {
    const present = this.#workers.get(place);
    if (present !== undefined && !present.over) return present;
    const url = (of: string): string => `${of}${of.startsWith("redis") ? "" : `?application_name=${WORKER_NAME}`}`;
    const worker = new SteppedWorker({
      reader: openReader(url(this.#queue.url), ignore, NONE_KEPT),
      databaseUrl: url(this.#databaseUrl),
      options: OPTIONS,
    });
    this.#workers.set(place, worker);
    return worker;
  }

  /** Lets the worker at a place do one effect, and returns which. */
  async step(place: number, fault: Fault | null = null): Promise<string> {
    const effect = await this.worker(place).step(fault);
    // No worker trims what none has read, so a look after each read sees all that there ever is.
    if (effect === "read") await this.#look();
    return effect;
  }

  /** The same, but it is not left where others would wait for it. */
  async stride(place: number, fault: Fault | null = null): Promise<string> {
    const effect = await this.step(place, fault);
    while (this.#workers.get(place)?.preparing) await this.step(place);
    return effect;
  }

  /** Lets the worker at a place go on until it has done such an effect. */
  async goOnUntil(place: number, effect: string): Promise<void> {
    for (let n = 0; n < MOST_ROUNDS; n++) if ((await this.stride(place)) === effect) return;
    assert.fail(`the worker did ${MOST_ROUNDS} effects, and none was "${effect}"`);
  }

  async stop(place: number): Promise<void> {
    const worker = this.worker(place);
    worker.stop();
    while (!worker.over) await this.step(place);
  }

  /** Lets a worker go on until it is about to count, and takes its claims from it there. */
  async loseClaims(place: number): Promise<void> {
    const worker = this.worker(place);
    for (let n = 0; n < STEPS_TO_A_COUNT && (await worker.next()) !== "count-ballots"; n++) await this.stride(place);
    await worker.loseClaims();
  }

  /** Lets workers go on (all that there are, or a new one) until there is nothing to do, and checks that all was done. */
  async drain(places?: readonly number[]): Promise<void> {
    let drained = false;
    const startedMs = performance.now();
    while (!drained) {
      if (performance.now() - startedMs > DRAIN_LIMIT_MS) assert.fail(`the workers are stuck: ${await this.#whatIsLeft()}`);
      for (const place of places ?? (this.places.length === 0 ? [0] : this.places)) {
        if ((await this.stride(place)) === "read") drained = await this.isDrained();
      }
    }
    await this.check();
    this.#arrivals.check(this.#history);
    await this.#checkPutAside();
  }

  /** Lets a worker claim all partitions, then a second one its half of them. */
  async share(): Promise<void> {
    await this.#goOnUntilHeld([PARTITIONS]);
    await this.#goOnUntilHeld([PARTITIONS / 2, PARTITIONS / 2]);
  }

  /** @param shares For each place, from 0, how many partitions the worker there is to hold. */
  async #goOnUntilHeld(shares: readonly number[]): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const place of shares.keys()) await this.stride(place);
      const held = await Promise.all(shares.map((_, place) => this.worker(place).partitions()));
      if (held.every((partitions, place) => partitions === shares[place])) return;
    }
    assert.fail(`after ${MOST_ROUNDS} steps each, the workers do not share the partitions as ${shares.join(" and ")}`);
  }

  /** Checks all that must hold at any moment. */
  async check(): Promise<void> {
    const held = await this.#look();
    const problems = [...this.#history.problems(await readTables(this.#client), held), ...(await this.#receiptProblems())];
    assert.deepEqual(problems, []);
  }

  async #look(): Promise<readonly QueueEntry[]> {
    const held = await this.#queue.entries();
    this.#history.observe(held);
    return held;
  }

  /** Whether all that came into the queue is counted or put aside, and trimmed. */
  async isDrained(): Promise<boolean> {
    if ((await this.#queue.classicWaiting()) > 0) return false;
    // Counted ballots that an older copy brought back lie there until there is something else to trim.
    if ((await this.#look()).length > 0 && !this.#history.torn) return false;
    const aside = new Set(await this.#queue.putAside());
    return this.#history.uncounted(await readTables(this.#client)).length === 0 && this.#lastingRejects().every((raw) => aside.has(raw));
  }

  async #whatIsLeft(): Promise<string> {
    const held = (await this.#look()).map(({ ballot, raw }) => JSON.stringify(ballot ?? raw));
    const uncounted = this.#history.uncounted(await readTables(this.#client));
    return `in the queue ${held.join(", ") || "nothing"}; not counted ${uncounted.join(", ") || "none"}`;
  }

  /** What is no ballot is put aside, at least once, and nothing else is. */
  async #checkPutAside(): Promise<void> {
    const aside = new Set(await this.#queue.putAside());
    const possible = new Set(this.#history.rejects.map(textOf));
    assert.deepEqual(
      [...aside].filter((text) => !possible.has(text)),
      [],
    );
    assert.deepEqual(
      this.#lastingRejects().filter((text) => !aside.has(text)),
      [],
    );
  }

  #lastingRejects(): readonly string[] {
    return this.#history.rejects.filter(({ lost }) => !lost).map(textOf);
  }

  /** A receipt says "not counted", then "counted", then "superseded", and never goes back. */
  async #receiptProblems(): Promise<readonly string[]> {
    const ids = new Set(this.#history.entries.flatMap(({ ballot }) => ballot?.id ?? []));
    const problems = await Promise.all(
      [...ids].map(async (id) => {
        const before = this.#states.get(id) ?? 0;
        const now = STATES.indexOf(await lookUpBallot(this.#pool, id));
        this.#states.set(id, now);
        return now < before ? [`the receipt of ${id} went back from ${STATES[before]} to ${STATES[now]}`] : [];
      }),
    );
    return problems.flat();
  }
}

function textOf({ ballot, raw }: QueueEntry): string {
  return ballot === null ? (raw as string) : JSON.stringify(ballot);
}
