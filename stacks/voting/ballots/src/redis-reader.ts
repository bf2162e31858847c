import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Ballot } from "./ballot.js";
import { isColumnText, parseBallotText } from "./ballot-text.js";
import { uuidFromBytes } from "./derived-uuid.js";
import type { QueueEntry, QueueReader, QueueTotals, RejectedEntry } from "./queue.js";
import { connectRedis, redisReady } from "./redis-connection.js";
import { redisTotals, streamInfo } from "./redis-queue.js";
import { ADOPT_CLASSIC_SCRIPT, CLASSIC_LIST, REJECTED_LIST, STREAM_KEYS, streamKey } from "./redis-scripts.js";

const READY_TIMEOUT_MS = 2_000;
/** How much later than asked for a read may end. */
const LATE_MS = 5_000;
const START = "0-0";

type StreamEntry = [id: string, fields: string[]];

/** Reads the Redis streams that RedisQueue writes. */
export class RedisReader implements QueueReader {
  readonly kind = "redis";
  readonly start = START;
  /** A blocking read holds its connection, so the other commands have one of their own. */
  readonly #blocking: Redis;
  readonly #commands: Redis;

  constructor(url: string, onError: (error: Error) => void) {
    this.#blocking = connectRedis(url, onError, { blocking: true });
    this.#commands = connectRedis(url, onError, { blocking: false });
  }

  async read(positions: ReadonlyMap<number, string>, limit: number, waitMs: number): Promise<readonly QueueEntry[]> {
    const partitions = [...positions.keys()];
    const keys = partitions.map(streamKey);
    const answer = await this.#inTime(
      waitMs + LATE_MS,
      this.#blocking.xread("COUNT", limit, "BLOCK", waitMs, "STREAMS", ...keys, ...positions.values()),
    );
    const entries: QueueEntry[] = [];
    for (const [key, found] of (answer ?? []) as [string, StreamEntry[]][]) {
      const partition = partitions[keys.indexOf(key)] as number;
      for (const entry of found) entries.push(parseEntry(partition, entry));
    }
    return entries;
  }

  /**
   * Redis takes the end of a wait from its wall clock: where that is set back by an hour, the wait takes an hour longer. And nobody says
   * so when a link goes silent.
   */
  async #inTime<T>(limitMs: number, reading: Promise<T>): Promise<T> {
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      this.#blocking.disconnect(true);
    }, limitMs);
    try {
      return await reading;
    } catch (error) {
      throw isLate ? new Error(`Redis did not end a read within ${limitMs} ms`, { cause: error }) : error;
    } finally {
      clearTimeout(late);
    }
  }

  async resume(partition: number, position: string): Promise<string> {
    await redisReady(this.#commands, READY_TIMEOUT_MS);
    await redisReady(this.#blocking, READY_TIMEOUT_MS);
    const info = await streamInfo(this.#commands, streamKey(partition));
    const last = String(info?.get("last-generated-id") ?? START);
    return isBefore(last, position) ? START : position;
  }

  async trim(positions: ReadonlyMap<number, string>): Promise<void> {
    const pipeline = this.#commands.pipeline();
    for (const [partition, position] of positions) pipeline.xtrim(streamKey(partition), "MINID", after(position));
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  async adoptClassic(limit: number): Promise<number> {
    return Number(await ADOPT_CLASSIC_SCRIPT.run(this.#commands, [CLASSIC_LIST, ...STREAM_KEYS], [String(limit)]));
  }

  async setAside(entry: RejectedEntry): Promise<void> {
    await this.#commands.rpush(REJECTED_LIST, JSON.stringify(entry));
  }

  totals(): Promise<QueueTotals> {
    return redisTotals(this.#commands);
  }

  async close(): Promise<void> {
    this.#blocking.disconnect();
    this.#commands.disconnect();
  }
}

function parseEntry(partition: number, [position, fields]: StreamEntry): QueueEntry {
  const [field, text = ""] = fields;
  const ballot = field === "classic" ? classicBallot(partition, position, text) : field === "ballot" ? parseBallotText(text) : null;
  return ballot ? { partition, position, ballot } : { partition, position, ballot, raw: fields.join(" ") };
}

/** A classic element has no id: its place in the stream, which a replay finds again, gives it one. */
function classicBallot(partition: number, position: string, element: string): Ballot | null {
  let vote: unknown;
  try {
    vote = JSON.parse(element);
  } catch {
    return null;
  }
  const { voter_id: voter, vote: option } = (vote ?? {}) as { voter_id?: unknown; vote?: unknown };
  if (!isColumnText(voter) || !isColumnText(option)) return null;
  const id = uuidFromBytes(createHash("sha256").update(`${partition} ${position} ${element}`).digest());
  return { id, voter, option, acceptedAtMs: Number(position.split("-")[0]) };
}

function isBefore(a: string, b: string): boolean {
  const [aMs, aSequence] = split(a);
  const [bMs, bSequence] = split(b);
  return aMs < bMs || (aMs === bMs && aSequence < bSequence);
}

function after(position: string): string {
  const [ms, sequence] = split(position);
  return `${ms}-${sequence + 1n}`;
}

function split(position: string): [bigint, bigint] {
  const [ms, sequence] = position.split("-");
  return [BigInt(ms ?? 0), BigInt(sequence ?? 0)];
}
