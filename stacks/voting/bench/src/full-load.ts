import { poll } from "@voting/proof";
import { type Levels, readLevels, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import type { BareServer } from "./bare-server.js";
import { type Form, type WrkResult, wrk } from "./wrk.js";

const DRAIN_LIMIT_MS = 30_000;
const POLL_MS = 20;

export interface FullLoad extends WrkResult {
  /** Answers/s of the bare server: the mean of a run just before and one just after, since the machine's speed drifts. */
  readonly barePerSecond: number;
  readonly accepted: number;
  /** Persisted until the load's last answer. */
  readonly persistedPerSecond: number;
  /** Accepted and not yet persisted at that moment, in % of the accepted. */
  readonly behindPercent: number;
  /** From then until every accepted ballot was persisted. */
  readonly drainMs: number;
}

/** The whole pipeline at the speed of its clients. */
export async function measureFullLoad(run: VotingRun, bare: BareServer, form: Form, seconds: number): Promise<FullLoad> {
  const bareSeconds = Math.ceil(seconds / 3);
  const bareBefore = await bare.measure(form, bareSeconds);
  const load = await measurePipeline(run, form, seconds);
  return { ...load, barePerSecond: (bareBefore + (await bare.measure(form, bareSeconds))) / 2 };
}

async function measurePipeline(run: VotingRun, form: Form, seconds: number): Promise<Omit<FullLoad, "barePerSecond">> {
  const client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 4);
  try {
    const before = await readLevels(client);
    const startedMs = performance.now();
    const load = await wrk(run.voteUrl, form, seconds);
    const endedMs = performance.now();
    let now = await readLevels(client);
    const persistedAtEnd = now.persisted - before.persisted;
    const isDrained = async (): Promise<boolean> => {
      now = await readLevels(client);
      return waiting(before, now) <= 0;
    };
    if (waiting(before, now) > 0 && (await poll(isDrained, { limitMs: DRAIN_LIMIT_MS, everyMs: POLL_MS })) === null)
      throw new Error(`${waiting(before, now)} accepted ballots are still not persisted`);
    const accepted = now.accepted - before.accepted;
    return {
      ...load,
      accepted,
      persistedPerSecond: Math.round((1_000 * persistedAtEnd) / (endedMs - startedMs)),
      behindPercent: Math.max(0, (100 * (accepted - persistedAtEnd)) / accepted),
      drainMs: Math.round(performance.now() - endedMs),
    };
  } finally {
    client.close();
  }
}

const waiting = (before: Levels, now: Levels): number => now.accepted - before.accepted - (now.persisted - before.persisted);
