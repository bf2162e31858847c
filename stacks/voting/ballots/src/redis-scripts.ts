import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { PARTITIONS } from "./partition.js";
import { VOTE_KEY_HOURS } from "./queue.js";

/** The stream of a partition. All keys of one script must sit on one Redis node; in a cluster the braces see to it. */
export const streamKey = (partition: number): string => `{ballots}:${partition}`;
export const STREAM_KEYS: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => streamKey(partition));
/**
 * A hash of what holds for the queue as a whole: its generation, with the run of the server in which that began, where the fence is, the
 * chain of the classic list, and how far each partition is counted (`position:<n>`, `passed:<n>`).
 */
export const STATE_KEY = "{ballots}:state";
/** A list of the queue's generations, oldest first: "<id> <ordinal>" and the last id of each stream when it began. */
export const GENERATIONS_KEY = "{ballots}:generations";
/** The list that classic vote apps append to (RPUSH). */
export const CLASSIC_LIST = "votes";
/** Where entries go that are no ballots: JSON texts {"raw", "reason"}. */
export const REJECTED_LIST = "votes:rejected";

/** A Lua script, sent by its hash; Redis runs it in one piece and writes its effects to the append-only file in one piece. */
export class RedisScript {
  readonly #text: string;
  readonly #sha1: string;

  constructor(text: string) {
    this.#text = text.trim();
    this.#sha1 = createHash("sha1").update(this.#text).digest("hex");
  }

  /** @param onSend Called before each time that the script is sent. */
  async run(redis: Redis, keys: readonly string[], args: readonly string[], onSend?: () => void): Promise<unknown> {
    try {
      onSend?.();
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...args);
    } catch (error) {
      // A Redis that was restarted does not know it yet, and has done nothing.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      onSend?.();
      return redis.eval(this.#text, keys.length, ...keys, ...args);
    }
  }
}

/**
 * For a script with these KEYS: the state, the streams; and these ARGV: the generation, the newest place of the fence that the sender knows,
 * how far that may be behind, where the fence must be afterwards at least, and by how much it must have moved. Answers -1 when the generation
 * is another and -2 when the command comes too late (see fence.ts), and then nothing was done; otherwise moves the fence.
 */
const PASS_FENCE = `
local state = redis.call("HMGET", KEYS[1], "generation", "fence")
local fence = tonumber(state[2] or 0)
if state[1] ~= ARGV[1] then return {-1, fence} end
if fence - tonumber(ARGV[2]) > tonumber(ARGV[3]) then return {-2, fence} end
local to = math.max(fence + tonumber(ARGV[5]), tonumber(ARGV[4]))
if to > fence then redis.call("HSET", KEYS[1], "fence", to) end
`;

/**
 * KEYS and ARGV: see above; then for each ballot its partition (from 1) and its text. One field for a ballot, not one for each of its parts:
 * Redis and its clients pay by the field. Answers with how many were queued and where the fence is.
 */
export const ENQUEUE_SCRIPT = new RedisScript(`${PASS_FENCE}
for i = 6, #ARGV, 2 do
  redis.call("XADD", KEYS[tonumber(ARGV[i]) + 1], "*", "ballot", ARGV[i + 1])
end
return {(#ARGV - 5) / 2, to}`);

/** The first option of a vote key. */
export const voteKeyName = (voteKey: string): string => `{ballots}:key:${voteKey}`;

/**
 * The same for a batch with vote keys. KEYS: also the vote keys. ARGV: for each ballot its partition (from 1), its text and the place of its
 * vote key in KEYS (0: none). Answers with how many were queued, where the fence is, and the places of those that were left out (from 1).
 */
export const ENQUEUE_KEYED_SCRIPT = new RedisScript(`${PASS_FENCE}
local left_out = {}
for i = 6, #ARGV, 3 do
  local key, option, first = tonumber(ARGV[i + 2]), nil, nil
  if key > 0 then
    option = string.match(ARGV[i + 1], "^%S+ %S+ (%S+)")
    first = redis.call("GET", KEYS[key])
    if not first then redis.call("SET", KEYS[key], option, "EX", ${VOTE_KEY_HOURS * 3_600}) end
  end
  if first and first ~= option then
    left_out[#left_out + 1] = (i - 3) / 3
  else
    redis.call("XADD", KEYS[tonumber(ARGV[i]) + 1], "*", "ballot", ARGV[i + 1])
  end
end
return {(#ARGV - 5) / 3 - #left_out, to, left_out}`);

/**
 * Moves elements of the classic list into the streams; for a script that has `list`, `streams` and the state's key.
 * The classic worker pops before it writes, and loses the vote when it dies in between; here both happen at once.
 * An element has no id of its own. It gets one from all elements since the generation began, up to itself: an older copy of the queue, which
 * still has it in the list, gives it the same one. An element without a readable voter goes to the first stream as it is.
 */
const ADOPT = `
local function adopt(state, list, streams, limit)
  local elements = redis.call("LPOP", list, limit)
  if not elements then return 0 end
  local chain = redis.call("HGET", state, "chain") or ""
  for _, element in ipairs(elements) do
    local readable, vote = pcall(cjson.decode, element)
    local partition = 0
    if readable and type(vote) == "table" and type(vote.voter_id) == "string" then
      local hash = 0
      for i = 1, #vote.voter_id do hash = (hash * 31 + string.byte(vote.voter_id, i)) % 4294967296 end
      partition = hash % #streams
    end
    chain = redis.sha1hex(chain .. " " .. element)
    redis.call("XADD", streams[partition + 1], "*", "classic", element, "chain", chain)
  end
  redis.call("HSET", state, "chain", chain)
  return #elements
end
`;

/** KEYS: the state, the classic list, the streams. ARGV: how many to move at most. */
export const ADOPT_CLASSIC_SCRIPT = new RedisScript(`#!lua flags=allow-oom
${ADOPT}
local streams = {}
for i = 3, #KEYS do streams[i - 2] = KEYS[i] end
return adopt(KEYS[1], KEYS[2], streams, ARGV[1])`);

/**
 * KEYS: the state, the generations, the classic list, the streams. ARGV: the run id of the server, an id for a new generation, the number of
 * partitions, the generation that the caller knew last, the highest ordinal that it knows, "1" when that generation must not go on, and by
 * how much to move the fence.
 *
 * Begins a generation where the queue has none, where its server was started since the last one began, where the caller knew a later one that
 * this queue never had (so it was replaced by another copy), and where it is told to. What waits in the classic list belongs to the one before.
 * Answers with the fence, and all generations.
 */
export const OPEN_SCRIPT = new RedisScript(`#!lua flags=allow-oom
${ADOPT}
local state = redis.call("HMGET", KEYS[1], "generation", "ordinal", "run", "partitions")
if state[4] and state[4] ~= ARGV[3] then
  return redis.error_reply("PARTITIONS " .. state[4])
end
local log = redis.call("LRANGE", KEYS[2], 0, -1)
-- One that began after all that the caller knows is the work of somebody who has noticed already.
local known = ARGV[4] == "" or tonumber(state[2] or 0) > tonumber(ARGV[5])
for _, line in ipairs(log) do
  if string.match(line, "^%S+") == ARGV[4] then known = true end
end
if not state[1] or state[3] ~= ARGV[1] or not known or (ARGV[6] == "1" and state[1] == ARGV[4]) then
  local streams = {}
  for i = 4, #KEYS do streams[i - 3] = KEYS[i] end
  local waiting = redis.call("LLEN", KEYS[3])
  if waiting > 0 then adopt(KEYS[1], KEYS[3], streams, waiting) end
  local time = redis.call("TIME")
  local ordinal = math.max(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), tonumber(state[2] or 0) + 1, tonumber(ARGV[5]) + 1)
  local line = ARGV[2] .. " " .. string.format("%.0f", ordinal)
  for _, stream in ipairs(streams) do
    local info = redis.pcall("XINFO", "STREAM", stream)
    local last = "0-0"
    if not info.err then
      for i = 1, #info, 2 do if info[i] == "last-generated-id" then last = info[i + 1] end end
    end
    line = line .. " " .. last
  end
  redis.call("RPUSH", KEYS[2], line)
  redis.call("LTRIM", KEYS[2], -100, -1)
  redis.call("HSET", KEYS[1], "generation", ARGV[2], "ordinal", string.format("%.0f", ordinal), "run", ARGV[1], "partitions", ARGV[3],
    "chain", ARGV[2])
  log[#log + 1] = line
end
local fence = tonumber(redis.call("HGET", KEYS[1], "fence") or 0)
if ARGV[7] ~= "0" then fence = redis.call("HINCRBY", KEYS[1], "fence", ARGV[7]) end
return {fence, log}`);

/**
 * KEYS: the state, a stream. ARGV: the generation, the partition, the position up to which it is counted, the number of entries up to there,
 * for how long counted entries are kept, in ms, and how many of them at most.
 * Writes down how far it is counted, and forgets counted entries that are too old or too many. Trimming comes first: a full Redis lets that
 * through, and what comes after it. Answers 0, and does nothing, in another generation.
 */
export const TRIM_SCRIPT = new RedisScript(`#!lua flags=allow-oom
if redis.call("HGET", KEYS[1], "generation") ~= ARGV[1] then return 0 end
local ms, sequence = string.match(ARGV[3], "^(%d+)-(%d+)$")
local time = redis.call("TIME")
local oldest = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) - tonumber(ARGV[5])
if oldest > tonumber(ms) then
  redis.call("XTRIM", KEYS[2], "MINID", ms .. "-" .. string.format("%.0f", tonumber(sequence) + 1))
elseif oldest > 0 then
  redis.call("XTRIM", KEYS[2], "MINID", string.format("%.0f", oldest))
end
local info = redis.pcall("XINFO", "STREAM", KEYS[2])
if not info.err then
  local length, added = 0, 0
  for i = 1, #info, 2 do
    if info[i] == "length" then length = info[i + 1] elseif info[i] == "entries-added" then added = info[i + 1] end
  end
  local most = math.max(0, added - tonumber(ARGV[4])) + tonumber(ARGV[6])
  if length > most then redis.call("XTRIM", KEYS[2], "MAXLEN", most) end
end
redis.call("HSET", KEYS[1], "position:" .. ARGV[2], ARGV[3], "passed:" .. ARGV[2], ARGV[4])
return 1`);
