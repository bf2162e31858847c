import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { PARTITIONS } from "./partition.js";
import { VOTE_KEY_HOURS } from "./queue.js";

/** The stream of a partition. All keys of one script must sit on one Redis node; in a cluster the braces see to it. */
export const streamKey = (partition: number): string => `{ballots}:${partition}`;
export const STREAM_KEYS: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => streamKey(partition));
/** The list that classic vote apps append to (RPUSH). */
export const CLASSIC_LIST = "votes";
/** Where entries go that are no ballots: JSON texts {"raw", "reason"}. */
export const REJECTED_LIST = "votes:rejected";

/** A Lua script, sent by its hash; Redis runs it in one piece and writes its effects to the append-only file in one piece. */
export class RedisScript {
  readonly #text: string;
  readonly #sha1: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha1 = createHash("sha1").update(text).digest("hex");
  }

  async run(redis: Redis, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...args);
    } catch (error) {
      // A Redis that was restarted does not know it yet, and has done nothing.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return redis.eval(this.#text, keys.length, ...keys, ...args);
    }
  }
}

/**
 * KEYS: the streams. ARGV: for each ballot its partition (from 1) and its text. One field for a ballot, not one for each of its parts:
 * Redis and its clients pay by the field.
 */
export const ENQUEUE_SCRIPT = new RedisScript(`
for i = 1, #ARGV, 2 do
  redis.call("XADD", KEYS[tonumber(ARGV[i])], "*", "ballot", ARGV[i + 1])
end
return #ARGV / 2`);

/** The first option of a vote key. */
export const voteKeyName = (voteKey: string): string => `{ballots}:key:${voteKey}`;

/**
 * The same for a batch with vote keys. KEYS: the streams, then the vote keys. ARGV: for each ballot its partition (from 1), its text and
 * the place of its vote key in KEYS (0: none). Returns the places of the ballots that were left out (from 1).
 */
export const ENQUEUE_KEYED_SCRIPT = new RedisScript(`
local left_out = {}
for i = 1, #ARGV, 3 do
  local key, option, first = tonumber(ARGV[i + 2]), nil, nil
  if key > 0 then
    option = string.match(ARGV[i + 1], "^%S+ %S+ (%S+)")
    first = redis.call("GET", KEYS[key])
    if not first then redis.call("SET", KEYS[key], option, "EX", ${VOTE_KEY_HOURS * 3_600}) end
  end
  if first and first ~= option then
    left_out[#left_out + 1] = (i + 2) / 3
  else
    redis.call("XADD", KEYS[tonumber(ARGV[i])], "*", "ballot", ARGV[i + 1])
  end
end
return left_out`);

/**
 * KEYS: the classic list, then the streams. ARGV: how many to move at most.
 * The classic worker pops before it writes, and loses the vote when it dies in between; here both happen at once.
 * An element without a readable voter goes to the first stream as it is, and the worker puts it aside.
 */
export const ADOPT_CLASSIC_SCRIPT = new RedisScript(`
local elements = redis.call("LPOP", KEYS[1], ARGV[1])
if not elements then return 0 end
local partitions = #KEYS - 1
for _, element in ipairs(elements) do
  local readable, vote = pcall(cjson.decode, element)
  local partition = 0
  if readable and type(vote) == "table" and type(vote.voter_id) == "string" then
    local hash = 0
    for i = 1, #vote.voter_id do hash = (hash * 31 + string.byte(vote.voter_id, i)) % 4294967296 end
    partition = hash % partitions
  end
  redis.call("XADD", KEYS[partition + 2], "*", "classic", element)
end
return #elements`);
