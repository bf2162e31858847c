import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type NewBallot, nowMs } from "./ballot.js";
import { ballotText } from "./ballot-text.js";
import { FENCE_TOLERANCE, Fence, GIVE_UP_MS } from "./fence.js";
import { partitionOf } from "./partition.js";
import type { BallotQueue, Generation, QueueTotals } from "./queue.js";
import { closeRedis, connectRedis } from "./redis-connection.js";
import { openRedisQueue } from "./redis-generations.js";
import { ENQUEUE_KEYED_SCRIPT, ENQUEUE_SCRIPT, type RedisScript, STATE_KEY, STREAM_KEYS, voteKeyName } from "./redis-scripts.js";

const KEYS = [STATE_KEY, ...STREAM_KEYS];

/** A command that came too late has done nothing, so it may be sent again; so often at most. */
const MOST_SENDS = 5;

const LOOK_MS = 20;

const NONE: readonly number[] = [];

/** Settings can be changed while Redis runs. */
const PROVE_MS = 1_000;

/** The queue in Redis streams, one for each partition. Durable because Redis answers only after its fsync (`appendfsync always`). */
export class RedisQueue implements BallotQueue {
  readonly #redis: Redis;
  readonly #fence = new Fence();
  /** The generation that this service last knew, kept when the connection is not. */
  #known: Generation | null = null;
  /** Done once for each connection, before anything is queued over it. */
  #opening: Promise<void> | null = null;
  /** How often the queue was opened: what was sent before the last time has no effect any more. */
  #opened = 0;
  #provenMs = Number.NEGATIVE_INFINITY;
  /** Why Redis is not durable, found out while votes came. */
  #refusal: Error | null = null;

  constructor(url: string, onError: (error: Error) => void) {
    this.#redis = connectRedis(url, onError, { blocking: false });
    this.#redis.on("close", () => {
      this.#opening = null;
    });
    this.#redis.on("ready", () => {
      this.#open().catch(onError);
    });
  }

  async enqueue(ballots: readonly NewBallot[]): Promise<readonly NewBallot[]> {
    const command = commandFor(ballots);
    for (let sends = 0; sends < MOST_SENDS; sends++) {
      if (this.#redis.status !== "ready") throw new Error("Redis cannot be reached");
      await this.#open();
      this.#watchDurability();
      if (this.#refusal !== null) throw this.#refusal;
      const { queued, leftOut } = await this.#send(command);
      if (queued >= 0 && queued + leftOut.length !== ballots.length)
        throw new Error(`Redis queued ${queued} and left out ${leftOut.length} of ${ballots.length} ballots`);
      if (queued >= 0) return leftOut.map((place) => ballots[place - 1] as NewBallot);
      // -1: the generation is another, to be found out anew; -2: too late, and the answer has told where the fence is.
      if (queued === -1) this.#opening = null;
    }
    throw new Error(`Redis answers too late: a batch was sent ${MOST_SENDS} times and came behind the fence each time`);
  }

  async #send({ script, keys, ballots }: EnqueueCommand): Promise<{ readonly queued: number; readonly leftOut: readonly number[] }> {
    const opened = this.#opened;
    let sentMs = nowMs();
    const { carried, atLeast, plus } = this.#fence.pass(sentMs);
    const args = [this.#known?.id ?? "", `${carried}`, `${FENCE_TOLERANCE}`, `${atLeast}`, `${plus}`, ...ballots];
    try {
      const [queued, fence, leftOut = NONE] = (await script.run(this.#redis, keys, args, () => {
        sentMs = nowMs();
      })) as [number, number, (readonly number[])?];
      this.#fence.saw(fence, sentMs, nowMs());
      return { queued, leftOut };
    } catch (error) {
      // An answer of Redis' own says that nothing was done. Without an answer, it may be done as long as the fence stands where it was.
      if (!isAnswer(error)) await this.#fenced(opened, sentMs);
      throw error;
    }
  }

  /** Resolves when what was sent then can have no effect any more. */
  async #fenced(opened: number, sentMs: number): Promise<void> {
    while (this.#opened === opened && nowMs() - sentMs < GIVE_UP_MS) await sleep(LOOK_MS);
    // A connection on which an answer is missing gets no more commands; a new one moves the fence.
    if (this.#opened === opened && this.#redis.status === "ready") this.#redis.disconnect(true);
  }

  /** Asks again once in a while, beside the votes. */
  #watchDurability(): void {
    if (nowMs() - this.#provenMs < PROVE_MS) return;
    this.#provenMs = nowMs();
    this.#prove().catch(() => undefined);
  }

  async #prove(): Promise<void> {
    try {
      await requireDurableRedis(this.#redis);
      this.#refusal = null;
    } catch (error) {
      if (this.#redis.status === "ready") this.#refusal = error as Error;
      throw error;
    }
  }

  #open(): Promise<void> {
    this.#opening ??= this.#openNow().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #openNow(): Promise<void> {
    await this.#prove();
    const askedMs = nowMs();
    const { fence, generations } = await openRedisQueue(this.#redis, { known: this.#known, moveFence: FENCE_TOLERANCE + 1 });
    this.#fence.saw(fence, askedMs, nowMs());
    this.#known = generations.at(-1) ?? null;
    this.#opened++;
  }

  async check(): Promise<void> {
    if (this.#redis.status !== "ready") throw new Error("Redis cannot be reached");
    await this.#prove();
    await this.#open();
  }

  totals(): Promise<QueueTotals> {
    return redisTotals(this.#redis);
  }

  async close(): Promise<void> {
    await closeRedis(this.#redis);
  }
}

interface EnqueueCommand {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  /** What the script wants to know of each. */
  readonly ballots: readonly string[];
}

function commandFor(ballots: readonly NewBallot[]): EnqueueCommand {
  const args: string[] = [];
  if (ballots.every(({ voteKey }) => voteKey === undefined)) {
    for (const ballot of ballots) args.push(String(partitionOf(ballot.voter) + 1), ballotText(ballot));
    return { script: ENQUEUE_SCRIPT, keys: KEYS, ballots: args };
  }
  const keys = [...KEYS];
  for (const ballot of ballots) {
    const key = ballot.voteKey === undefined ? 0 : keys.push(voteKeyName(ballot.voteKey));
    args.push(String(partitionOf(ballot.voter) + 1), ballotText(ballot), String(key));
  }
  return { script: ENQUEUE_KEYED_SCRIPT, keys, ballots: args };
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

/** Sums over the streams. `entries-added` counts all that ever came, also what was trimmed since (Redis 7.0 or newer). */
export async function redisTotals(redis: Redis): Promise<QueueTotals> {
  const totals = { added: 0, held: 0, retained: 0 };
  const [state, ...answers] = await Promise.all([redis.hgetall(STATE_KEY), ...STREAM_KEYS.map((key) => streamInfo(redis, key))]);
  for (const [partition, info] of answers.entries()) {
    const added = Number(info?.get("entries-added") ?? 0);
    const length = Number(info?.get("length") ?? 0);
    const passed = Number(state[`passed:${partition}`] ?? 0);
    // Beside a worker that tells nobody how far it is, all that is there waits: it trims what it has counted.
    const held = Math.min(length, Math.max(0, added - passed));
    totals.added += added;
    totals.held += held;
    totals.retained += length - held;
  }
  return totals;
}

/** XINFO STREAM as a map; `null` for a stream that does not exist yet. */
export async function streamInfo(redis: Redis, key: string): Promise<ReadonlyMap<string, unknown> | null> {
  try {
    const fields = (await redis.xinfo("STREAM", key)) as unknown[];
    const info = new Map<string, unknown>();
    for (let i = 0; i < fields.length; i += 2) info.set(String(fields[i]), fields[i + 1]);
    return info;
  } catch (error) {
    if (error instanceof Error && error.message.includes("no such key")) return null;
    throw error;
  }
}

/**
 * A 2xx promises durability, so a Redis that would lose ballots takes none: in a crash, or because it evicts keys when its memory is full.
 * Where it hides its settings, only who made the server can vouch for it, with QUEUE_DURABILITY=managed.
 *
 * @throws Error (rejects) with a sentence that says how to run it.
 */
async function requireDurableRedis(redis: Redis): Promise<void> {
  let settings: readonly string[];
  try {
    const pipeline = await Promise.all([redis.config("GET", "append*"), redis.config("GET", "maxmemory-policy")]);
    settings = (pipeline as string[][]).flat();
  } catch (error) {
    if (!(error instanceof Error) || !/unknown command|NOPERM/i.test(error.message)) throw error;
    if (process.env.QUEUE_DURABILITY === "managed") return;
    throw new Error(
      "Redis hides its settings (CONFIG), so nobody can tell whether a ballot survives a crash: let this user run CONFIG GET, or set " +
        "QUEUE_DURABILITY=managed if whoever runs the server warrants that it answers only after its fsync",
    );
  }
  const setting = (name: string): string | undefined => settings[settings.indexOf(name) + 1];
  if (setting("appendonly") !== "yes" || setting("appendfsync") !== "always") {
    throw new Error("Redis is not durable: run it with --appendonly yes --appendfsync always");
  }
  if (setting("maxmemory-policy")?.startsWith("allkeys")) {
    throw new Error(
      `Redis would evict ballots when its memory is full (${setting("maxmemory-policy")}): run it with --maxmemory-policy noeviction`,
    );
  }
}
