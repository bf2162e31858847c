import http from "node:http";
import { poll } from "@voting/proof";
import { readMetric } from "@voting/stress";
import type { PartState, RunningStack, VotingRun } from "@voting/testing";
import { Redis } from "ioredis";
import { ask } from "../load/ask.js";

const POLL_MS = 50;

/** In everything that chaos puts into the queue and that is no ballot. */
export const STRAY = "no ballot of chaos";

export interface Settled {
  /** How long it took until every ballot was counted; `null`: longer than the limit. */
  readonly drainedMs: number | null;
  /** What is not well; empty when all is. */
  readonly problems: readonly string[];
}

/** Waits until every part is healthy, without helping. Resolves with how long that took; `null`: longer than the limit. */
export const untilHealthy = (stack: RunningStack, limitMs: number): Promise<number | null> =>
  when(limitMs, async () => stack.states().every(isWell));

/** Waits until every part is healthy and every ballot is counted, without helping. */
export async function settle(run: VotingRun, limitMs: number): Promise<Settled> {
  const agent = new http.Agent({ keepAlive: true });
  await untilHealthy(run.stack, limitMs);
  const drainedMs = await when(limitMs, async () => (await held(run, agent)) === 0);
  agent.destroy();
  const sick = run.stack.states().filter((state) => !isWell(state));
  const problems = sick.map(
    ({ name, status, reason }) => `${name} is ${status} ${limitMs / 1000} s after everything was put right: ${reason}`,
  );
  if (drainedMs === null) problems.push(`the queue is not empty ${limitMs / 1000} s after everything was put right`);
  const listed = (await inRedis(run, (redis) => redis.lrange("votes:rejected", 0, -1))) ?? [];
  const rejected = listed.filter((entry) => !entry.includes(STRAY));
  if (rejected.length > 0) problems.push(`entries were put aside as no ballots: ${rejected.slice(0, 5).join(" ")}`);
  return { drainedMs, problems };
}

const isWell = ({ status, standIn }: PartState): boolean => status === "healthy" || standIn !== null;

async function when(limitMs: number, condition: () => Promise<boolean>): Promise<number | null> {
  const startedMs = performance.now();
  const isMet = await poll(() => condition().catch(() => false), { limitMs, everyMs: POLL_MS });
  return isMet === null ? null : Math.round(performance.now() - startedMs);
}

/** Ballots that wait: in the queue, and in the classic list before it. */
async function held(run: VotingRun, agent: http.Agent): Promise<number> {
  const { body } = await ask(agent, `${run.voteUrl}/metrics`);
  return readMetric(body, "votes_queue_held") + ((await inRedis(run, (redis) => redis.llen("votes"))) ?? 0);
}

/** Over a connection of its own, past every proxy; `null` where there is no Redis. Rejects when it does not answer. */
export async function inRedis<T>(run: VotingRun, look: (redis: Redis) => Promise<T>): Promise<T | null> {
  if (run.redisUrl === null) return null;
  const redis = new Redis(run.redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on("error", () => undefined); // The command that waits for the connection rejects with it.
  try {
    return await look(redis);
  } finally {
    redis.disconnect();
  }
}
