import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Ballot } from "./ballot.js";
import { isColumnText, parseBallotText } from "./ballot-text.js";
import {
  type CountedUpTo,
  type PartitionLook,
  type Progress,
  QueueChanged,
  type QueueEntry,
  type QueueReader,
  type QueueTotals,
  type Resumption,
} from "./queue.js";
import { rankOf } from "./rank.js";
import { closeRedis, connectRedis, redisReady } from "./redis-connection.js";
import { isBefore, openRedisQueue, type RedisGeneration } from "./redis-generations.js";
import { redisTotals, streamInfo } from "./redis-queue.js";
import { ADOPT_CLASSIC_SCRIPT, CLASSIC_LIST, REJECTED_LIST, STATE_KEY, STREAM_KEYS, streamKey, TRIM_SCRIPT } from "./redis-scripts.js";
import { DEFAULT_RETENTION, type Retention } from "./retention.js";
import { uuidFromBytes } from "./uuids.js";

const READY_TIMEOUT_MS = 2_000;
/** How much later than asked for a read may end. */
const LATE_MS = 5_000;
const START = "0-0";
/** Of one millisecond; far more than Redis takes in. */
const MOST_SEQUENCE = 4_294_967_295;
const COUNT_AT_ONCE = 10_000;
/** Beyond this part of its memory Redis keeps no counted entries: they must never be what keeps votes out. */
const MEMORY_FOR_RETENTION = 0.8;
/** What follows `ballot` in the name of a field is a format of a newer version. */
const NEWER_FORMAT = /^ballots?\//;

type StreamEntry = [id: string, fields: string[]];

/** Reads the Redis streams that RedisQueue writes. */
export class RedisReader implements QueueReader {
  readonly kind = "redis";
  readonly start = START;
  /** A blocking read holds its connection, so the other commands have one of their own. */
  readonly #blocking: Redis;
  readonly #commands: Redis;
  readonly #retention: Retention;
  #generations: readonly RedisGeneration[] = [];
  #ordinals: ReadonlyMap<string, number> = new Map();

  constructor(url: string, onError: (error: Error) => void, retention: Retention = DEFAULT_RETENTION) {
    this.#blocking = connectRedis(url, onError, { blocking: true });
    this.#commands = connectRedis(url, onError, { blocking: false });
    this.#retention = retention;
  }

  async open(newest: number, after?: string): Promise<readonly RedisGeneration[]> {
    await redisReady(this.#commands, READY_TIMEOUT_MS);
    await redisReady(this.#blocking, READY_TIMEOUT_MS);
    const known = after ?? this.#current?.id;
    const opened = await openRedisQueue(this.#commands, {
      known: known === undefined ? null : { id: known, ordinal: newest },
      begin: after !== undefined,
    });
    this.#generations = opened.generations;
    return opened.generations;
  }

  rankBy(ordinals: ReadonlyMap<string, number>): void {
    this.#ordinals = ordinals;
  }

  get #current(): RedisGeneration | undefined {
    return this.#generations.at(-1);
  }

  async look(): Promise<readonly PartitionLook[]> {
    const infos = await Promise.all(STREAM_KEYS.map((key) => streamInfo(this.#commands, key)));
    return infos.map((info, partition) => ({
      partition,
      last: String(info?.get("last-generated-id") ?? START),
      removed: Number(info?.get("entries-added") ?? 0) - Number(info?.get("length") ?? 0),
    }));
  }

  async resume(counted: CountedUpTo, { last, removed }: PartitionLook): Promise<Resumption> {
    const { partition, position } = counted;
    const generation = this.#current?.id ?? null;
    const index = this.#generations.findIndex(({ id }) => id === counted.generation);
    const isKnown = counted.generation === null || index >= 0;
    // Where the generation of the position ends in this queue.
    const end = index < 0 ? last : (this.#generations[index + 1]?.begins[partition] ?? last);
    if (isKnown && !isBefore(end, position)) {
      const entries = counted.entries ?? (await this.#entriesUpTo(partition, position));
      return { position, entries, generation, missing: Math.max(0, removed - entries), isOlderCopy: false };
    }
    // What the copy has forgotten was counted, by a database that has seen any of its generations; another has seen none of it.
    const isOurs = isKnown || this.#generations.some(({ id }) => counted.seen.has(id));
    const isOlderCopy = isKnown && index === this.#generations.length - 1;
    return { position: START, entries: removed, generation, missing: isOurs ? 0 : removed, isOlderCopy };
  }

  /** All that ever came, less what comes behind the position. */
  async #entriesUpTo(partition: number, position: string): Promise<number> {
    const key = streamKey(partition);
    const info = await streamInfo(this.#commands, key);
    let behind = 0;
    for (let from = position; ; ) {
      const entries = await this.#commands.xrange(key, `(${from}`, "+", "COUNT", COUNT_AT_ONCE);
      behind += entries.length;
      if (entries.length < COUNT_AT_ONCE) break;
      from = entries.at(-1)?.[0] as string;
    }
    return Math.max(0, Number(info?.get("entries-added") ?? 0) - behind);
  }

  async read(positions: ReadonlyMap<number, string>, limit: number, waitMs: number): Promise<readonly QueueEntry[]> {
    const partitions = [...positions.keys()];
    const keys = partitions.map(streamKey);
    // On the same connection, so asked after the read: whatever was read came before a change that this would not tell.
    const [answer, generation] = await this.#inTime(
      waitMs + LATE_MS,
      Promise.all([
        this.#blocking.xread("COUNT", limit, "BLOCK", waitMs, "STREAMS", ...keys, ...positions.values()),
        this.#blocking.hget(STATE_KEY, "generation"),
      ]),
    );
    if (generation !== this.#current?.id) throw new QueueChanged();
    const entries: QueueEntry[] = [];
    for (const [key, found] of (answer ?? []) as [string, StreamEntry[]][]) {
      const partition = partitions[keys.indexOf(key)] as number;
      for (const entry of found) entries.push(this.#parse(partition, entry));
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

  #parse(partition: number, [position, fields]: StreamEntry): QueueEntry {
    const [field = "", text = "", , chain] = fields;
    const raw = fields.join(" ");
    if (NEWER_FORMAT.test(field)) return { partition, position, ballot: null, raw, isNewer: true };
    if (field === "classic") {
      const alias = aliasOf(partition, position, text);
      const ballot = classicBallot(chain === undefined ? alias : uuidFromBytes(Buffer.from(chain, "hex")), position, text);
      if (ballot === null) return { partition, position, ballot, origin: "classic", raw: `${field} ${text}` };
      const rank = this.#rank(partition, position);
      return { partition, position, ballot, origin: "classic", rank, ...(chain !== undefined && { alias }) };
    }
    const ballot = field === "ballot" ? parseBallotText(text) : null;
    if (ballot === null) return { partition, position, ballot, raw };
    return { partition, position, ballot, origin: "vote", rank: this.#rank(partition, position) };
  }

  /** The newest generation has nearly all. */
  #rank(partition: number, position: string): string {
    let index = this.#generations.length - 1;
    while (index > 0 && !isBefore(this.#generations[index]?.begins[partition] ?? START, position)) index--;
    const generation = this.#generations[index];
    return rankOf(generation === undefined ? 0 : (this.#ordinals.get(generation.id) ?? generation.ordinal), position);
  }

  async trim(counted: ReadonlyMap<number, Progress>): Promise<void> {
    const generation = this.#current?.id ?? "";
    const most = (await this.#isFull()) ? 0 : Math.floor(this.#retention.ballots / STREAM_KEYS.length);
    const answers = await Promise.all(
      [...counted].map(([partition, { position, entries }]) => {
        const args = [generation, partition, position, entries ?? 0, this.#retention.ms, most].map(String);
        return TRIM_SCRIPT.run(this.#commands, [STATE_KEY, streamKey(partition)], args);
      }),
    );
    if (answers.includes(0)) throw new QueueChanged();
  }

  async #isFull(): Promise<boolean> {
    const info = await this.#commands.info("memory");
    const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
    return number("maxmemory") > 0 && number("used_memory") > MEMORY_FOR_RETENTION * number("maxmemory");
  }

  async since(partition: number, position: string, afterMs: number): Promise<readonly [string, number]> {
    const at = `${afterMs}-${MOST_SEQUENCE}`;
    const from = isBefore(position, at) ? at : position;
    const added = Number((await streamInfo(this.#commands, streamKey(partition)))?.get("entries-added") ?? 0);
    return [from, added - (await this.#entriesUpTo(partition, from))];
  }

  isBetween(position: string, after: string, upto: string): boolean {
    return isBefore(after, position) && !isBefore(upto, position);
  }

  async adoptClassic(limit: number): Promise<number> {
    return Number(await ADOPT_CLASSIC_SCRIPT.run(this.#commands, [STATE_KEY, CLASSIC_LIST, ...STREAM_KEYS], [String(limit)]));
  }

  async list(rejected: readonly string[]): Promise<void> {
    await this.#commands.rpush(REJECTED_LIST, ...rejected);
  }

  totals(): Promise<QueueTotals> {
    return redisTotals(this.#commands);
  }

  async close(): Promise<void> {
    await Promise.all([closeRedis(this.#blocking), closeRedis(this.#commands)]);
  }
}

/** The id that an element had before the queue gave it one: from its place in the stream, which a replay finds again. */
function aliasOf(partition: number, position: string, element: string): string {
  return uuidFromBytes(createHash("sha256").update(`${partition} ${position} ${element}`).digest());
}

function classicBallot(id: string, position: string, element: string): Ballot | null {
  let vote: unknown;
  try {
    vote = JSON.parse(element);
  } catch {
    return null;
  }
  const { voter_id: voter, vote: option } = (vote ?? {}) as { voter_id?: unknown; vote?: unknown };
  if (!isColumnText(voter) || !isColumnText(option)) return null;
  return { id, voter, option, acceptedAtMs: Number(position.split("-")[0]) };
}
